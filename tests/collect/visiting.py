"""A board's browser in tests: opens pages, fills in forms as they stand there, follows. No JavaScript."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from peilstok.demo.browser import Form, forms


@dataclass
class Visit:
    """The page that is open in front of a board."""

    client: Client = field(default_factory=Client)
    url: str = ""
    status: int = 0
    html: str = ""

    def open(self, url: str) -> Visit:
        response = self.client.get(url, follow=True)
        self.url = response.redirect_chain[-1][0] if response.redirect_chain else url
        self.status, self.html = response.status_code, response.content.decode()
        return self

    def send(self, form: int = 0, **filled: object) -> Visit:
        """Fill in a form of the page and press its button. A name may be given as `item__missing`."""
        where, sent = self.form(form), self.as_sent(form, **filled)
        response = self.client.post(where.action or self.url, sent, follow=True)
        if response.redirect_chain:
            self.url = response.redirect_chain[-1][0]
        self.status, self.html = response.status_code, response.content.decode()
        return self

    def as_sent(self, form: int = 0, **filled: object) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for name, value in self.form(form).untouched():
            sent.setdefault(name, []).append(value)
        for key, value in filled.items():
            name = key.replace("__", ".")
            sent[name] = [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
        return sent

    def form(self, number: int = 0) -> Form:
        return forms(self.html)[number]

    def value(self, name: str) -> str:
        return next(control.value for control in self.form().controls if control.name == name)


def answered(client: Client, url: str, *, in_care: int = 40, remark: str = "") -> Visit:
    """A board that answers all there is and confirms."""
    visit = Visit(client).open(url).send().send(in_care=in_care, lead="school").send(remark=remark)
    return visit.send()
