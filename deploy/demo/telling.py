"""Prints the story: rich on a terminal, plain text elsewhere. Knows words and layout, decides nothing."""

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text as Line

from bridge.domain.directory import Visibility
from bridge.domain.ids import localpart_of
from bridge.domain.messages import Language, Text
from deploy.demo.overview import Row
from deploy.demo.people import Person

PLAIN_WIDTH: Final = 120
PROSE_WIDTH: Final = 110
FRENCH_SPACES: Final = re.compile(r" (?=[»:;!?])|(?<=«) ")
"""Where French sets a space that must not break."""

APOSTROPHE: Final = re.compile(r"(?<=\w)'(?=\w)")
PROGRESS_IN_FRENCH: Final = (
    ("Installing Synapse", "Installation de Synapse"),
    ("into the cache (once, about half a minute)", "(une seule fois, environ une demi-minute)"),
    ("Synapse is installed", "Synapse est installé"),
    ("Preparing an empty database (once)", "Préparation d’une base de données vide (une seule fois)"),
    ("Starting ", "Démarrage de "),
)
"""What the network of homeservers says while it starts; it speaks English."""

VISIBILITIES: Final = {
    Visibility.PUBLIC: "public",
    Visibility.INVITE_ONLY: "sur invitation",
    Visibility.HIDDEN: "caché",
}
COLOURS: Final = {Visibility.PUBLIC: "green", Visibility.INVITE_ONLY: "yellow", Visibility.HIDDEN: "magenta"}


class Teller:
    """Speaks one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        terminal = sys.stdout.isatty()
        self._console = Console(highlight=False, width=None if terminal else PLAIN_WIDTH)
        self._status: Status | None = None

    def words(self, en: str, fr: str) -> str:
        return APOSTROPHE.sub("’", FRENCH_SPACES.sub("\u00a0", fr)) if self._language == "fr" else en

    def note(self, text: str) -> None:
        """What is going on: starting, installing."""
        for en, fr in PROGRESS_IN_FRENCH if self._language == "fr" else ():
            text = text.replace(en, fr)
        self._console.print(f"[dim]{escape(text)} …[/dim]")

    def heading(self, en: str, fr: str) -> None:
        self._console.print()
        self._console.print(Line(self.words(en, fr), style="bold"))
        self._console.print()

    @contextmanager
    def working(self, title: Text) -> Iterator[None]:
        """Shows that a step is being played; on a terminal alone."""
        with self._console.status(escape(self._in_language(title))) as self._status:
            yield

    def waiting(self, title: Text, missing: Text | None, seconds: float) -> None:
        """It takes a while, and this is still ``missing``."""
        why = self.words(f", so far {missing.en}", f", pour l'instant {missing.fr}") if missing else ""
        told = f"{self._in_language(title)}{why} ({seconds:.0f} s)"
        if self._status and self._console.is_terminal:
            self._status.update(escape(told))
        else:
            self.note(told)

    def done(self, title: Text, seen: Text, seconds: float) -> None:
        self._mark("✔", "green", title, f"  [dim]{seconds:.1f} s[/dim]")
        self._below(self._in_language(seen))

    def failed(self, title: Text, why: Text) -> None:
        self._mark("✘", "red", title, "")
        self._below(self._in_language(why))

    def say(self, en: str = "", fr: str = "") -> None:
        self._console.print(escape(self.words(en, fr)))

    def groups(self, rows: Iterable[Row]) -> None:
        w = self.words
        table = _table(w("What stands on the homeserver now", "Ce qui est maintenant sur le serveur"))
        for en, fr in (("Group", "Groupe"), ("Visibility", "Visibilité"), ("Name of the room", "Nom du salon"),
                       ("Entry", "Entrée"), ("Members", "Membres"), ("From Acme", "D'Acme"), ("", "")):  # fmt: skip
            table.add_column(w(en, fr), no_wrap=en in {"Group", "Visibility", "Entry"}, overflow="fold")
        for row in rows:
            members = str(row.joined) + (f" + {row.invited} " + w("invited", "invités") if row.invited else "")
            traits = [w("encrypted", "chiffré")] if row.encrypted else []
            traits += [] if row.federated else ["local"]
            table.add_row(
                escape(row.group.name.in_language(self._language)),
                f"[{COLOURS[row.group.visibility]}]{w(row.group.visibility, VISIBILITIES[row.group.visibility])}[/]",
                escape(row.room_name), row.join_rule, members,
                escape(", ".join(map(localpart_of, row.partners))) or "–", ", ".join(traits),
            )  # fmt: skip
        self._console.print()
        self._console.print(table)

    def logins(self, people: Iterable[tuple[Person, str]]) -> None:
        w = self.words
        table = _table(w("Log in with any Matrix client", "Connectez-vous avec n'importe quel client Matrix"))
        for en, fr in (("Who", "Qui"), ("Homeserver", "Serveur"), ("User", "Compte"), ("Password", "Mot de passe")):
            table.add_column(w(en, fr), no_wrap=True)
        for person, role in people:
            table.add_row(f"{person.name}, {role}", person.server.client_url, person.user_id, person.account.password)
        self._console.print()
        self._console.print(table)

    def _in_language(self, text: Text) -> str:
        return self.words(text.en, text.fr)

    def _mark(self, mark: str, colour: str, title: Text, rest: str) -> None:
        said = escape(self._in_language(title))
        self._console.print(f"[bold {colour}]{mark}[/] [bold]{said}[/bold]{rest}")

    def _below(self, text: str) -> None:
        lines = textwrap.fill(text, min(self._console.width, PROSE_WIDTH), initial_indent="  ", subsequent_indent="  ")
        self._console.print(Line(lines))


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, collapse_padding=True)
