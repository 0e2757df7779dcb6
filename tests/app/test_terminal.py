"""What the command line prints where no terminal is."""

from io import StringIO

import pytest
from rich.console import Console

from bridge.adapters.language import Catalogues
from bridge.app.terminal import Terminal
from bridge.domain.document import Document, Table

ID = "b0c92f1c-7b55-1041-840b-c5d0f270a80b"
ACCOUNT = "@kirsten.vaughan-of-the-other-office:corp.example"
ROW = ("Kirsten Dupré-Vaughan", ID, "kvaughan", ACCOUNT, "template")
TABLE = Document((Table(head=("Person", "Id", "Login", "Account", "Found by"), rows=(ROW,)),))


def test_a_row_in_a_pipe_is_one_line_with_everything_whole(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(translator=Catalogues.load(), language="en").show(TABLE)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(cell in lines[1] for cell in ROW)


def test_nothing_is_cut_on_a_narrow_terminal_either() -> None:
    out = StringIO()
    console = Console(file=out, force_terminal=True, width=80, soft_wrap=True, highlight=False)
    Terminal(translator=Catalogues.load(), language="en", out=console).show(TABLE)
    assert "…" not in out.getvalue()


def test_what_steers_a_terminal_steers_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of people and groups come from the directory, and hold what somebody wrote there."""
    table = Document((Table(head=("Person",), rows=(("Ann\x1b[2J\x9bB",),)),))
    Terminal(translator=Catalogues.load(), language="en").show(table)
    assert capsys.readouterr().out.splitlines()[1].strip() == "Ann�[2J�B"
