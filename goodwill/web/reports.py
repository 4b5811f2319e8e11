"""The promise report: its page, the promises behind each figure, and both as files."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodwill.domain.labels import short_key
from goodwill.domain.reports import Figure, Grouping, Question, Rule, moment_of
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.reads import choices, report_rows, reports
from goodwill.reads.reports import Line, Report
from goodwill.web import wording_reports as words
from goodwill.web.firm import firm_of
from goodwill.web.gate import needs, viewer_of
from goodwill.web.sheets import sheet
from goodwill.web.templatetags.goodwill import share as percentage

MOST_LINES = 200
"""So many groups stand on the page, those with most promises; the file has them all."""
MOST_DOTS = 20
ALWAYS = (Figure.N, Figure.KEPT, Figure.BROKEN)
COLUMNS = (
    Figure.N,
    Figure.KEPT,
    Figure.BROKEN,
    Figure.BROKEN_WARNED,
    Figure.BROKEN_SILENT,
    Figure.BROKEN_UNRECORDED,
    Figure.WITHDRAWN,
    Figure.OPEN,
)


@needs(May.SEE_REPORTS)
def promise_report(request: HttpRequest) -> HttpResponse:
    """The report as the viewer may see it."""
    viewer = viewer_of(request)
    question, faults = _question(request, viewer)
    answer = _answered(viewer, question)
    by = question.by
    assert by is not None  # noqa: S101
    shown = answer.lines[:MOST_LINES]
    hidden = len(answer.lines) - len(shown)
    # A column of nothing but noughts would only push the others off the screen.
    columns = [f for f in COLUMNS if f in ALWAYS or _value(answer.total, f)]
    context = {
        "answer": answer,
        "total": answer.total,
        "finding": words.finding(answer.total),
        "share": answer.total.share_broken,
        "need": words.needed(answer.total.share_broken, answer.total.n),
        "interval": words.interval(answer.total.share_broken) if answer.total.share_broken else "",
        "figures": [(words.FIGURES[f], _value(answer.total, f), _rows_url(question, f)) for f in COLUMNS],
        "columns": [(words.FIGURES[f], _value(answer.total, f), _rows_url(question, f)) for f in columns],
        "whole": _cells(question, answer.total, columns),
        "groups": [(words.group(by, line.key, line.label), _cells(question, line, columns, by)) for line in shown],
        "hidden": ngettext(
            "%(n)s more group is in the file.", "%(n)s more groups are in the file.", hidden
        ) % {"n": hidden} if hidden else "",
        "group_heading": words.GROUPINGS[by],
        "chart": _chart(answer),
        "chart_title": words.highest(by, list(answer.lines), answer.total),
        "warned_lead": words.hours(answer.warned_lead.total_seconds()) if answer.warned_lead is not None else "",
        "may_export": viewer.may(May.EXPORT),
        "export_url": f"{reverse('web:promise_report_export')}?{urlencode(_parameters(question))}",
        "faults": faults,
        **_choosing(viewer, answer),
    }  # fmt: skip
    return render(request, "reports/promises.html", context)


@needs(May.SEE_REPORTS)
def promise_report_rows(request: HttpRequest) -> HttpResponse:
    """The promises behind one figure, a page at a time."""
    viewer = viewer_of(request)
    question, _faults = _question(request, viewer)
    figure = _figure(request)
    try:
        page = report_rows.page(
            viewer, question, figure, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
        n = report_rows.total(viewer, question, figure)
        labels = reports.labels_of_question(question)
    except ValueError:
        raise Http404 from None
    parameters = {**_parameters(question), "figure": figure.value}
    here = reverse("web:promise_report_rows")
    context = {
        "title": words.counted(figure, n),
        "rows": [
            (row, words.promised(row.kind, row.what), short_key(row.order_number), words.away(row.days_after))
            for row in page.rows
        ],
        "about": [(words.GROUPINGS[by], words.group(by, key, labels[by])) for by, key in question.within],
        "question": question,
        "rule": words.RULES[question.rule],
        "report_url": f"{reverse('web:promise_report')}?{urlencode(_parameters(question))}",
        "previous_url": f"{here}?{urlencode({**parameters, 'before': page.before})}" if page.before else "",
        "next_url": f"{here}?{urlencode({**parameters, 'after': page.after})}" if page.after else "",
        "shown": ngettext("%(n)d promise shown", "%(n)d promises shown", len(page.rows)) % {"n": len(page.rows)},
        "may_export": viewer.may(May.EXPORT),
        "export_url": f"{reverse('web:promise_report_rows_export')}?{urlencode(parameters)}",
    }
    return render(request, "reports/promise_rows.html", context)


@needs(May.EXPORT)
def promise_report_export(request: HttpRequest) -> HttpResponseBase:
    """The report's table as a CSV file, with every group."""
    viewer = viewer_of(request)
    question, _faults = _question(request, viewer)
    answer = _answered(viewer, question)
    header = [
        *(question.by.value if question.by else "all", *(figure.value for figure in COLUMNS)),
        *("share_broken", "share_low", "share_high", "ratings_kept", "mean_kept", "ratings_broken", "mean_broken"),
    ]
    return sheet(request, "promise-report", header, (_line(line) for line in (*answer.lines, answer.total)))


@needs(May.EXPORT)
def promise_report_rows_export(request: HttpRequest) -> HttpResponseBase:
    """Every promise behind one figure as a CSV file."""
    viewer = viewer_of(request)
    question, _faults = _question(request, viewer)
    figure = _figure(request)

    def rows() -> Iterator[list[object]]:
        for row in report_rows.every(viewer, question, figure):
            yield [
                *(row.promise_id, row.promised_on, row.reading, row.acted_on, row.days_after, row.kind, row.what),
                *(row.customer_id, row.customer, row.order_id, row.order_number, row.site),
            ]

    header = [
        *("promise", "due_on", "outcome", "fulfilled_on", "days_after", "kind", "what"),
        *("customer", "customer_name", "order", "order_number", "site"),
    ]
    return sheet(request, f"promises-{figure.value}", header, rows())


def _answered(viewer: Viewer, question: Question) -> Report:
    try:
        return reports.promises(viewer, question)
    except ValueError:
        raise Http404 from None


def _question(request: HttpRequest, viewer: Viewer) -> tuple[Question, dict[str, str]]:
    """What is asked, as the address says it; what cannot be read is left out and named."""
    asked, faults = request.GET, {}
    firm = firm_of(request)

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(asked[name]) if asked.get(name) else None
        except ValueError:
            faults[name] = _("Write a day like 2026-03-06.")
            return None

    at: datetime = request.at  # type: ignore[attr-defined]
    as_of = None
    if day("as_of") is not None:
        as_of = moment_of(asked["as_of"], firm.zone if firm else "UTC")
        if as_of > at:
            # The day is not over: how things stand at its end is how they stand now.
            as_of = None
    question = Question(
        at=at,
        rule=Rule(asked["rule"]) if asked.get("rule") in list(Rule) else Rule.OWN,
        by=Grouping(asked["by"]) if asked.get("by") in list(Grouping) else Grouping.MONTH,
        as_of=as_of,
        from_on=day("from"),
        to_on=day("to"),
        within=tuple((grouping, asked[grouping.value]) for grouping in Grouping if asked.get(grouping.value)),
    )
    return question, faults


def _figure(request: HttpRequest) -> Figure:
    try:
        return Figure(request.GET.get("figure", "n"))
    except ValueError:
        raise Http404 from None


def _parameters(question: Question) -> dict[str, str]:
    said: dict[str, str] = {grouping.value: key for grouping, key in question.within}
    if question.rule is not Rule.OWN:
        said["rule"] = question.rule.value
    if question.by not in (None, Grouping.MONTH):
        said["by"] = question.by.value
    if question.from_on is not None:
        said["from"] = question.from_on.isoformat()
    if question.to_on is not None:
        said["to"] = question.to_on.isoformat()
    if question.as_of is not None:
        # It is the end of a day of the firm: midnight of the next one.
        said["as_of"] = (question.as_of - timedelta(days=1)).date().isoformat()
    return said


def _rows_url(question: Question, figure: Figure) -> str:
    return f"{reverse('web:promise_report_rows')}?{urlencode({**_parameters(question), 'figure': figure.value})}"


def _value(line: Line, figure: Figure) -> int:
    return int(getattr(line, figure.value))


def _cells(question: Question, line: Line, columns: list[Figure], by: Grouping | None = None) -> dict[str, Any]:
    """One row of the table: each count with the address of its promises, and the share with its doubt."""
    about = question if by is None else question.narrowed(by, line.key)
    share = line.share_broken
    return {
        "counts": [(words.FIGURES[f], _value(line, f), _rows_url(about, f)) for f in columns],
        "share": share,
        "interval": words.interval(share) if share else "",
        "need": words.needed(share, line.n) if share else "",
        "kept": line.ratings_kept,
        "broken": line.ratings_broken,
    }


def _line(line: Line) -> list[object]:
    said = line.as_json()
    share = said["share_broken"] or {}
    return [
        line.label if line.key else "all",
        *(_value(line, figure) for figure in COLUMNS),
        *(share.get(name) for name in ("value", "low", "high")),
        *(line.ratings_kept.n, line.ratings_kept.mean, line.ratings_broken.n, line.ratings_broken.mean),
    ]


def _chart(answer: Report) -> dict[str, Any] | None:
    """The chart's data; None where no group, or only one, is large enough to be drawn."""
    by = answer.question.by
    assert by is not None  # noqa: S101
    if by is Grouping.DELAY_BUCKET:
        # Late ones are broken and the others are not: what differs here are the ratings, and they are in the table.
        return None
    drawn = [(line, line.share_broken) for line in answer.lines]
    rows = [
        {
            **({"month": line.key} if by is Grouping.MONTH else {"label": words.group(by, line.key, line.label)}),
            "value": share.value,
            "low": share.low,
            "high": share.high,
            "n": line.n,
        }
        for line, share in drawn
        if share is not None and share.is_enough
    ]
    if by is not Grouping.MONTH:
        rows = rows[:MOST_DOTS]
    total = answer.total.share_broken
    if len(rows) < 2 or total is None:
        return None
    return {
        "kind": "bars_by_month" if by is Grouping.MONTH else "interval",
        "description": words.finding(answer.total),
        "unit": "",
        "format": {"style": "percent", "digits": 1},
        "target": total.value,
        "target_label": percentage(total.value),
        "better": "low",
        "rows": rows,
    }


def _choosing(viewer: Viewer, answer: Report) -> dict[str, Any]:
    """What the form offers and holds, and the groups to which the report is narrowed, each with a way out."""
    question = answer.question
    narrowed = []
    for grouping, key in question.within:
        if grouping is Grouping.SITE:
            continue
        rest = {name: value for name, value in _parameters(question).items() if name != grouping.value}
        name = words.group(grouping, key, answer.labels[grouping])
        narrowed.append((words.GROUPINGS[grouping], name, f"?{urlencode(rest)}", grouping.value, key))
    tabs = []
    for grouping, title in words.GROUPINGS.items():
        parameters = {k: v for k, v in _parameters(question).items() if k != "by"}
        tabs.append((title, f"?{urlencode({**parameters, 'by': grouping.value})}", grouping is question.by))
    return {
        "rules": [(rule.value, name, rule is question.rule) for rule, name in words.RULES.items()],
        "sites": choices.sites(viewer),
        "site": next((key for grouping, key in question.within if grouping is Grouping.SITE), ""),
        "question": question,
        "as_of_text": _parameters(question).get("as_of", ""),
        "narrowed": narrowed,
        "tabs": tabs,
    }


urlpatterns = [
    path("reports/promises/", promise_report, name="promise_report"),
    path("reports/promises/rows/", promise_report_rows, name="promise_report_rows"),
    path("reports/promises/report.csv", promise_report_export, name="promise_report_export"),
    path("reports/promises/rows.csv", promise_report_rows_export, name="promise_report_rows_export"),
]
