"""Headings and words of tables in languages that Parvis does not speak: German, Spanish, Italian, Dutch.

For ``csv_columns`` and ``csv_groups``; without capitals and accents, headings without spaces and signs too.
"""

from collections.abc import Mapping
from typing import Final

PEOPLE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("benutzername", "anmeldename", "nutzername", "benutzerkennung"), "username"),
    **dict.fromkeys(("nombredeusuario", "usuario", "nomeutente", "utente", "gebruikersnaam"), "username"),
    **dict.fromkeys(("emailadresse", "mailadresse", "emailadres", "correo", "correoelectronico"), "email"),
    **dict.fromkeys(("direcciondecorreo", "direcciondecorreoelectronico", "indirizzoemail"), "email"),
    **dict.fromkeys(("personalnummer", "mitarbeiternummer", "numerodeempleado", "personeelsnummer"), "number"),
    **dict.fromkeys(("anzeigename", "vollstandigername", "nombrecompleto", "nomecompleto", "volledigenaam"), "name"),
    **dict.fromkeys(("vorname", "nombre", "nome", "voornaam"), "first"),
    **dict.fromkeys(("nachname", "familienname", "apellido", "apellidos", "cognome", "achternaam"), "last"),
    **dict.fromkeys(("sprache", "idioma", "lingua", "taal"), "language"),
    **dict.fromkeys(("zeitzone", "zonahoraria", "fusoorario", "tijdzone"), "timezone"),
    **dict.fromkeys(("abteilung", "departamento", "reparto", "afdeling"), "department"),
    **dict.fromkeys(("funktion", "stelle", "cargo", "puesto", "mansione", "functie"), "title"),
    **dict.fromkeys(("vorgesetzter", "vorgesetzte", "responsabile", "leidinggevende"), "manager"),
    **dict.fromkeys(("aktiv", "activo", "attivo", "actief"), "active"),
    **dict.fromkeys(("estado", "stato"), "status"),
    **dict.fromkeys(("gesperrt", "deaktiviert", "suspendido", "sospeso", "geblokkeerd"), "suspended"),
    **dict.fromkeys(("gruppen", "grupos", "gruppi", "groepen"), "groups"),
}

MEMBERSHIPS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("gruppe", "grupo", "gruppo", "groep"), "group"),
    **dict.fromkeys(("gruppenname", "nombredelgrupo", "nomedelgruppo", "groepsnaam"), "name"),
    **dict.fromkeys(("beschreibung", "descripcion", "descrizione", "beschrijving"), "purpose"),
    **dict.fromkeys(("sichtbarkeit", "visibilidad", "visibilita", "zichtbaarheid"), "visibility"),
    **dict.fromkeys(("mitglied", "miembro", "membro", "lid"), "member"),
    **{heading: "member" for heading, word in PEOPLE.items() if word in ("username", "email")},
    **dict.fromkeys(("rolle", "rol", "ruolo"), "role"),
}

YES: Final = frozenset({"ja", "wahr", "si", "verdadero", "vero", "waar"})
NO: Final = frozenset({"nein", "falsch", "falso", "nee", "onwaar"})
WORKING: Final = frozenset({"aktiv", "activo", "attivo", "actief"})
AWAY: Final = frozenset({
    "inaktiv", "gesperrt", "deaktiviert", "inactivo", "suspendido", "inattivo", "sospeso", "inactief", "geblokkeerd",
})  # fmt: skip

ROLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("mitglied", "miembro", "membro", "lid"), ""),
    **dict.fromkeys(("besitzer", "eigentumer", "propietario", "proprietario", "eigenaar"), "owners"),
    **dict.fromkeys(("moderador", "moderatore"), "moderators"),
}
