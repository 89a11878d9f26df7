"""The addresses of secret links, of the page for codes, of other links in mails, and of the council's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.urls import URLPattern, path

from peilstok.collect.doors import Door, View, by_link, by_telephone
from peilstok.collect.seats import TELEPHONE
from peilstok.collect.views import answering, boards, calling, handing, mailing, monitoring, phoning

app_name = "collect"

Address = tuple[str, str, View[...]]
"""What comes after the beginning, the name, and the view."""

FILLING_IN: Final[tuple[Address, ...]] = (
    ("", "answer", answering.answer),
    ("vraag/<slug:page>/", "page", answering.page),
    ("vraag/<slug:page>/bewaar/", "keep", answering.keep),
    ("controle/", "check", answering.check),
    ("som/<slug:item>/", "total", answering.total),
    ("klaar/", "done", answering.done),
    ("klaar/antwoorden.pdf", "pdf", answering.pdf),
    ("niet/", "refuse", answering.refuse),
)
"""What a board does by its link and an officer for it at the telephone."""

BY_LINK_ONLY: Final[tuple[Address, ...]] = (
    ("delen/", "parts", handing.listed),
    ("delen/terug/", "take_back", handing.take_back),
    ("delen/herinner/", "remind", handing.remind),
    ("delen/geef/<slug:part>/", "give", handing.give),
)


def _seated(
    before: str, space: str, door: Callable[[View[...]], Door], *views: tuple[str, str, View[...]]
) -> Iterator[URLPattern]:
    for address, name, view in views:
        yield path(before + address, door(view), name=space + name)


_BOARD: Final = "raad/metingen/<slug:wave>/besturen/<slug:number>/"

urlpatterns = [
    *_seated("a/<str:token>/", "", by_link, *FILLING_IN, *BY_LINK_ONLY),
    path("code/", calling.code, name="code"),
    path("geen-mail/<str:given>/", mailing.stop, name="stop"),
    path("voorbeeld/<slug:wave>/<str:given>/", mailing.shown, name="preview"),
    path("raad/metingen/", monitoring.waves, name="waves"),
    path("raad/metingen/<slug:wave>/", monitoring.monitor, name="monitor"),
    path("raad/metingen/<slug:wave>/bellijst/", phoning.calls, name="calls"),
    path("raad/metingen/<slug:wave>/bellijst/<slug:number>/", phoning.call, name="call"),
    path("raad/metingen/<slug:wave>/besturen/", boards.listed, name="boards"),
    path(_BOARD, boards.board, name="board"),
    path(f"{_BOARD}code/", boards.code, name="board_code"),
    path(f"{_BOARD}niet/", boards.refused, name="board_refused"),
    path(f"{_BOARD}buiten/", boards.excluded, name="board_excluded"),
    path(f"{_BOARD}terug/", boards.reopened, name="board_reopened"),
    path(f"{_BOARD}mail/", boards.mailed_again, name="board_mailed_again"),
    *_seated(f"{_BOARD}telefoon/", TELEPHONE, by_telephone, *FILLING_IN),
]
