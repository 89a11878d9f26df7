"""The forms of an account: what is asked, and the words when it does not fit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from peilstok.accounts import attempts


class LoginForm(AuthenticationForm):
    """E-mail address and password. Says the same whether or not the address has an account."""

    error_messages = {
        "invalid_login": _("This e-mail address and password do not belong together."),
        "locked": _("Too many attempts. You can try again from %(time)s."),
    }

    def __init__(self, request: HttpRequest, *args: Any, moment: datetime, address: str, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self._moment, self._address = moment, address
        self.fields["username"].error_messages["required"] = _("Fill in your e-mail address.")
        self.fields["password"].error_messages["required"] = _("Fill in your password.")

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        account = str(self.cleaned_data.get("username") or "")
        until = attempts.begin(account=account, address=self._address, moment=self._moment)
        if until is not None:
            raise forms.ValidationError(
                self.error_messages["locked"], code="locked", params={"time": date_format(localtime(until), "H:i")}
            )
        cleaned: dict[str, Any] = super().clean()
        if self.user_cache is not None:
            attempts.succeeded(account=account, address=self._address, moment=self._moment)
        return cleaned


class NewPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = {
        "password_incorrect": _("This is not your present password."),
        "password_mismatch": _("The two new passwords are not the same."),
    }
