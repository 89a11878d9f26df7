"""Logging in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as django_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from peilstok.accounts import people
from peilstok.accounts.forms import LoginForm, NewPasswordForm
from peilstok.accounts.models import User


class Login(django_views.LoginView):
    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_form_kwargs(self) -> dict[str, Any]:
        address = str(self.request.META.get("REMOTE_ADDR", ""))
        return {**super().get_form_kwargs(), "moment": settings.PEILSTOK_MOMENT(), "address": address}


class NewPassword(django_views.PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "accounts/new_password.html"
    success_url = reverse_lazy("accounts:me")

    def form_valid(self, form: Any) -> HttpResponse:
        assert isinstance(form.user, User)
        people.change_password(
            user=form.user, password=form.cleaned_data["new_password1"], moment=settings.PEILSTOK_MOMENT()
        )
        update_session_auth_hash(self.request, form.user)  # else this session would end with the others
        messages.success(self.request, _("Your password has been changed."))
        return redirect(self.get_success_url())


login = sensitive_post_parameters("password")(Login.as_view())
new_password = NewPassword.as_view()
logout = django_views.LogoutView.as_view()


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Who the site takes you for."""
    assert isinstance(request.user, User)
    memberships = request.user.memberships.select_related("organisation").order_by("role")
    return render(request, "accounts/me.html", {"memberships": memberships})
