"""Addresses of sign-in, sign-out and password reset (django-allauth's views, our pages)."""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from goodwill.web.sign_in import AskReset, SignIn

urlpatterns = [
    path("sign-in/", login_not_required(SignIn.as_view()), name="account_login"),
    path("sign-out/", login_not_required(views.logout), name="account_logout"),
    path("reset/", login_not_required(AskReset.as_view()), name="account_reset_password"),
    path("reset/sent/", login_not_required(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "reset/done/",
        login_not_required(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
