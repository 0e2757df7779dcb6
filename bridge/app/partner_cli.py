"""``parvis partner``: the words of the command line about partners. Found by ``cli``."""

import click

from bridge.app import parting, partnering
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.partners import PartnerState
from bridge.domain.policy import Value

JSON = click.option("--json", "as_machine", is_flag=True, help="For scripts.")
YES = click.option("--yes", is_flag=True, help="Decide it, after having read what it would be.")
LISTS = frozenset({"servers", "users"})


@click.group(cls=Words)
def partner() -> None:
    """Show other organisations and decide what is agreed with them."""


@partner.command("list")
@JSON
@pass_context
def list_partners(context: Context, *, as_machine: bool) -> None:
    """Print all partners."""
    finish(partnering.list_all(context.config(), context.terminal, as_machine=as_machine))


@partner.command()
@click.argument("name", metavar="PARTNER")
@JSON
@pass_context
def show(context: Context, name: str, *, as_machine: bool) -> None:
    """Print what is agreed with PARTNER, and which groups admit it."""
    finish(partnering.show(context.config(), context.terminal, name, as_machine=as_machine))


@partner.command()
@click.argument("name")
@click.option("--servers", help="Its homeservers, with commas between them.")
@click.option("--users", help="Its people, with commas, where a server is shared with others.")
@click.option("--kind", help="reseller, customer, supplier or other.")
@click.option("--sponsor", metavar="USER", help="Who of the company answers for it.")
@click.option("--since", metavar="DATE", help="The first day of the agreement, such as 2027-01-01.")
@click.option("--until", metavar="DATE", help="Its last day.")
@YES
@pass_context
def add(context: Context, /, *, name: str, yes: bool, **given: str | None) -> None:
    """Add the partner NAME. Without --yes show what it would be (exit code 3)."""
    values = {"name": name} | {field: _value(field, (word,)) for field, word in given.items() if word}
    finish(partnering.add(context.config(), context.terminal, values, yes=yes))


@partner.command("set")
@click.argument("name", metavar="PARTNER")
@click.argument("field")
@click.argument("value", nargs=-1)
@YES
@pass_context
def set_field(context: Context, name: str, field: str, value: tuple[str, ...], *, yes: bool) -> None:
    """Decide that FIELD of PARTNER is VALUE. Without --yes show what it would be (exit code 3)."""
    values = {field: _value(field, value)}
    if field == "state" and values[field] in ("suspended", "ended"):
        raise InputError(say("Everybody of it goes at once then: use parvis partner suspend, or end."))
    finish(partnering.decide(context.config(), context.terminal, name, values, yes=yes))


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.argument("field")
@YES
@pass_context
def unset(context: Context, name: str, field: str, *, yes: bool) -> None:
    """Take back what was decided about FIELD of PARTNER."""
    finish(partnering.decide(context.config(), context.terminal, name, {}, frozenset({field}), yes=yes))


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.argument("person", metavar="USER")
@click.option("--deputy", is_flag=True, help="Beside the sponsor.")
@YES
@pass_context
def sponsor(context: Context, name: str, person: str, *, deputy: bool, yes: bool) -> None:
    """Say that USER answers for PARTNER."""
    values = {"deputy" if deputy else "sponsor": person}
    finish(partnering.decide(context.config(), context.terminal, name, values, yes=yes))


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.argument("date")
@YES
@pass_context
def extend(context: Context, name: str, date: str, *, yes: bool) -> None:
    """Give the agreement with PARTNER another last day, such as 2027-12-31."""
    finish(partnering.decide(context.config(), context.terminal, name, {"until": date}, yes=yes))


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.argument("groups", nargs=-1, required=True)
@click.option(
    "--role",
    type=click.Choice(["member", "moderator"]),
    default="member",
    show_default=True,
    help="What owners may make of its people.",
)
@YES
@pass_context
def grant(context: Context, name: str, groups: tuple[str, ...], role: str, *, yes: bool) -> None:
    """Open GROUPS to PARTNER."""
    moderating = role == "moderator"
    finish(
        partnering.grant(context.config(), context.terminal, name, groups, present=True, yes=yes, moderating=moderating)
    )


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.argument("groups", nargs=-1, required=True)
@YES
@pass_context
def revoke(context: Context, name: str, groups: tuple[str, ...], *, yes: bool) -> None:
    """Close GROUPS to PARTNER: everybody of it is taken out of them."""
    finish(partnering.grant(context.config(), context.terminal, name, groups, present=False, yes=yes))


@partner.command()
@click.argument("user")
@click.argument("groups", nargs=-1)
@click.option("--until", metavar="DATE", default="", help="Their last day, such as 2027-06-30.")
@click.option("--reason", default="", help="For the audit log.")
@YES
@pass_context
def invite(context: Context, user: str, groups: tuple[str, ...], until: str, reason: str, *, yes: bool) -> None:
    """Invite USER of a partner into GROUPS, or into the partner's space alone."""
    finish(partnering.invite(context.config(), context.terminal, user, groups, until=until, reason=reason, yes=yes))


def parts(word: str, state: PartnerState, told: str) -> None:
    """A word that lets a partner go, or back in."""

    def run(context: Context, name: str, reason: str, *, yes: bool) -> None:
        finish(parting.become(context.config(), context.terminal, name, state, reason=reason, yes=yes))

    reason = click.option("--reason", default="", help="It stands on the receipt.")
    named = click.argument("name", metavar="PARTNER")
    partner.command(word, help=told)(named(reason(YES(pass_context(run)))))


parts("suspend", PartnerState.SUSPENDED, "Shut everybody of PARTNER out at once, until it is resumed.")
parts("resume", PartnerState.ACTIVE, "Let PARTNER in again, as it was.")
parts("end", PartnerState.ENDED, "End the agreement with PARTNER: everybody of it is out for good.")


@partner.command()
@click.argument("name", metavar="PARTNER")
@JSON
@pass_context
def receipt(context: Context, name: str, *, as_machine: bool) -> None:
    """Print what was removed when PARTNER was suspended or ended last, and how it was verified."""
    finish(parting.receipt(context.config(), context.terminal, name, as_machine=as_machine))


@partner.command()
@click.argument("name", metavar="PARTNER")
@click.option("--csv", "as_csv", is_flag=True, help="As a table.")
@JSON
@pass_context
def evidence(context: Context, name: str, *, as_machine: bool, as_csv: bool) -> None:
    """Print who of PARTNER had access to what from when to when, by whose word and under which terms."""
    finish(parting.evidence(context.config(), context.terminal, name, as_machine=as_machine, as_csv=as_csv))


def _value(field: str, words: tuple[str, ...]) -> Value:
    if field in LISTS:
        return [part.strip() for word in words for part in word.split(",") if part.strip()]
    return " ".join(words)
