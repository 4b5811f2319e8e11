"""Pages of daily files: the list, a feed with the files it saw, and the hosts that may be fetched from."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodwill.actions import feeds, feeds_hosts
from goodwill.domain.feeds import Kind
from goodwill.domain.roles import May
from goodwill.reads import feeds as reads
from goodwill.web import wording_feeds
from goodwill.web.answers import at_of, is_done, tell, whole
from goodwill.web.feeds_forms import FORMS, FeedForm, FolderForm, HostForm, UrlForm, initial_of
from goodwill.web.gate import needs, viewer_of

PAGE = 50


@require_GET
@needs(May.IMPORT)
def listed(request: HttpRequest) -> HttpResponse:
    """All feeds, by name."""
    viewer = viewer_of(request)
    rows = [_shown(line) for line in reads.listed(viewer)]
    return render(request, "feeds/list.html", {"rows": rows, "may_allow": viewer.may(May.CHANGE_SETTINGS)})


@needs(May.IMPORT)
def new_folder(request: HttpRequest) -> HttpResponse:
    """Watch a folder."""
    return _new(request, FolderForm)


@sensitive_post_parameters("secret", "place", "access_user")
@needs(May.IMPORT)
def new_url(request: HttpRequest) -> HttpResponse:
    """Fetch from an address."""
    return _new(request, UrlForm)


def _new(request: HttpRequest, kind: type[FeedForm]) -> HttpResponse:
    viewer = viewer_of(request)
    form = kind(request.POST or None, readings=reads.readings(viewer))
    if request.method == "POST" and form.is_valid():
        done = feeds.add(form.facts(), by=viewer, at=at_of(request))
        if is_done(done):
            messages.success(request, _("The daily file is set up. It is looked at in a moment."))
            return redirect("web:feed", done.pk)
        form.refuse(done)
    return _form(request, form, None)


@sensitive_post_parameters("secret", "place", "access_user")
@needs(May.IMPORT)
def edit(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Change a feed."""
    viewer = viewer_of(request)
    line = reads.one(viewer, feed_id)
    if line is None:
        raise Http404
    form = FORMS[line.kind](
        request.POST or None, readings=reads.readings(viewer), line=line, initial=initial_of(line)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        done = feeds.change(feed_id, form.facts(), by=viewer, at=at_of(request))
        if is_done(done):
            messages.success(request, _("The changes were saved."))
            return redirect("web:feed", feed_id)
        form.refuse(done)
    return _form(request, form, line)


def _form(request: HttpRequest, form: FeedForm, line: reads.FeedLine | None) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "form": form,
        "line": line,
        "is_folder": form.kind is Kind.FOLDER,
        "roots": reads.roots(viewer),
        "hosts": reads.hosts(viewer),
        "sites": reads.site_names(viewer),
        "may_allow": viewer.may(May.CHANGE_SETTINGS),
    }
    return render(request, "feeds/form.html", context, status=422 if form.errors else 200)


@require_GET
@needs(May.IMPORT)
def one(request: HttpRequest, feed_id: int) -> HttpResponse:
    """A feed: how it stands, and the files it saw, latest first."""
    viewer = viewer_of(request)
    line = reads.one(viewer, feed_id)
    if line is None:
        raise Http404
    before = whole(request.GET.get("before"))
    files = reads.files(viewer, feed_id, before=before, limit=PAGE + 1)
    shown = [
        {
            "file": file,
            "outcome": wording_feeds.outcome(file),
            "explained": wording_feeds.explained(file),
            "moved": wording_feeds.MOVED.get(file.moved_to, ""),
        }
        for file in files[:PAGE]
    ]
    context = {
        **_shown(line),
        "files": shown,
        "first": bool(before),
        "next_url": f"?before={files[PAGE - 1].id}" if len(files) > PAGE else "",
    }
    return render(request, "feeds/one.html", context)


@require_POST
@needs(May.IMPORT)
def pause(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Look no more."""
    done = feeds.pause(feed_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("It is paused: nothing is looked at until it is resumed."))
    return redirect("web:feed", feed_id)


@require_POST
@needs(May.IMPORT)
def resume(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Look again."""
    done = feeds.resume(feed_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("It is resumed, and you answer for what it brings in."))
    return redirect("web:feed", feed_id)


@require_POST
@needs(May.IMPORT)
def look(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Let the worker look now."""
    done = feeds.ask_look(feed_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("It is looked at in a moment. Reload the page to see what came of it."))
    return redirect("web:feed", feed_id)


@require_http_methods(["GET", "POST"])
@needs(May.IMPORT)
def remove(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Ask, then forget a feed."""
    viewer = viewer_of(request)
    line = reads.one(viewer, feed_id)
    if line is None:
        raise Http404
    if request.method == "POST":
        tell(request, feeds.remove(feed_id, by=viewer, at=at_of(request)), _("It is removed. What was imported stays."))
        return redirect("web:feeds")
    return render(request, "feeds/remove.html", {"line": line})


@needs(May.CHANGE_SETTINGS)
def hosts(request: HttpRequest) -> HttpResponse:
    """Hosts from which files may be fetched, and a form for another."""
    viewer = viewer_of(request)
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = feeds_hosts.allow(form.cleaned_data["host"], by=viewer, at=at_of(request))
        if is_done(done):
            messages.success(request, _("Files may be fetched from %(host)s.") % {"host": done.host})
            return redirect("web:hosts")
        form.refuse(done)
    context = {"form": form, "rows": reads.hosts(viewer)}
    return render(request, "settings/hosts.html", context, status=422 if form.errors else 200)


@require_POST
@needs(May.CHANGE_SETTINGS)
def host_remove(request: HttpRequest, allowedhost_id: int) -> HttpResponse:
    """Take a host off the list."""
    done = feeds_hosts.forbid(allowedhost_id, by=viewer_of(request), at=at_of(request))
    tell(request, done, _("The host is off the list: nothing is fetched from it any more."))
    return redirect("web:hosts")


def _shown(line: reads.FeedLine) -> dict[str, Any]:
    return {
        "line": line,
        "kind": wording_feeds.KINDS[line.kind],
        "is_folder": line.kind is Kind.FOLDER,
        "rhythm": wording_feeds.rhythm(line),
        "result": wording_feeds.result(line),
        "trouble": wording_feeds.trouble(line),
        "last_import": wording_feeds.last_import(line),
    }


urlpatterns = [
    path("imports/daily/", listed, name="feeds"),
    path("imports/daily/new/folder/", new_folder, name="feed_new_folder"),
    path("imports/daily/new/address/", new_url, name="feed_new_url"),
    path("imports/daily/<int:feed_id>/", one, name="feed"),
    path("imports/daily/<int:feed_id>/change/", edit, name="feed_edit"),
    path("imports/daily/<int:feed_id>/pause/", pause, name="feed_pause"),
    path("imports/daily/<int:feed_id>/resume/", resume, name="feed_resume"),
    path("imports/daily/<int:feed_id>/look/", look, name="feed_look"),
    path("imports/daily/<int:feed_id>/remove/", remove, name="feed_remove"),
    path("settings/hosts/", hosts, name="hosts"),
    path("settings/hosts/<int:allowedhost_id>/remove/", host_remove, name="host_remove"),
]
