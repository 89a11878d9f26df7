"""The addresses of a board's link and of the council's monitor."""

from __future__ import annotations

from django.urls import path

from peilstok.collect import views

app_name = "collect"
urlpatterns = [
    path("a/<str:token>/", views.answer, name="answer"),
    path("a/<str:token>/vraag/<slug:page>/", views.page, name="page"),
    path("a/<str:token>/controle/", views.check, name="check"),
    path("a/<str:token>/klaar/", views.done, name="done"),
    path("a/<str:token>/niet/", views.refuse, name="refuse"),
    path("raad/metingen/", views.waves, name="waves"),
    path("raad/metingen/<slug:wave>/", views.monitor, name="monitor"),
]
