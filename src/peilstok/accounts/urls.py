"""The addresses of this room."""

from __future__ import annotations

from django.urls import path

from peilstok.accounts import views

app_name = "accounts"
urlpatterns = [
    path("inloggen/", views.login, name="login"),
    path("uitloggen/", views.logout, name="logout"),
    path("account/", views.me, name="me"),
    path("account/wachtwoord/", views.new_password, name="new_password"),
]
