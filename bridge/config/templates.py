"""The files that ``parvis init`` writes, as text with places: ``{server_name}`` alone."""

from typing import Final

CONFIG: Final = """\
# Configuration of Parvis. `parvis check` tells everything that is wrong with it; config.example.yaml has every setting.

# The company's name, which its space carries; without it, the name of the server.
# company: Ateliers Lumière

homeserver:
  # The client-server API of the company's homeserver, as the bridge reaches it.
  address: http://127.0.0.1:8008
  # What stands after the colon of user ids. It can never change.
  server_name: {server_name}
  # Access token of a service account that administers the homeserver. With it, employees are joined at once; without
  # it, everybody is invited.
  # admin_token: file:keys/admin_token

appservice:
  # Where the homeserver's transactions arrive, and how the homeserver reaches us.
  listen: 127.0.0.1:29400
  address: http://127.0.0.1:29400
  # The same two words are in registration.yaml.
  as_token: file:keys/as_token
  hs_token: file:keys/hs_token

database:
  url: sqlite:///parvis.db

directory:
  type: yaml
  path: directory.yaml
  every: 5m

# A file of what is decided about groups and cannot be changed by command; see docs/policies.md.
# policies: policies.yaml

# Who may use the commands of administrators.
admins: ["@ines:{server_name}"]

# Keep a copy of data.key elsewhere: without it the database is lost.
secrets:
  data_key: file:keys/data.key
  audit_key: file:keys/audit.key

language: fr
timezone: Europe/Paris

bots:
  - module: bots.admin.bot.AdminBot
  # Welcomes whoever arrives, in a conversation of two; with "welcome: newcomers", who is there already is left alone.
  - module: bots.onboarding.bot.OnboardingBot
    config: {{welcome: everyone}}
  # Writes to people once a week what they would not have wanted to miss in their groups.
  - module: bots.digest.bot.DigestBot
    config: {{when: "0 8 * * MON"}}
"""

DIRECTORY: Final = """\
# Who there is, which groups there are, and who belongs to them. Everything here is text: 0123 stays 0123.

people:
  - id: "0001"
    user: "@ines:{server_name}"
    name: Inès Lefèvre
    language: fr
  - id: "0002"
    user: "@hugo:{server_name}"
    name: Hugo Martin
    manager: "0001"

groups:
  # public: every employee finds it and may join.
  - id: welcome
    name: {{fr: Accueil, en: Welcome}}
    visibility: public
    owners: ["0001"]
    members: ["0001", "0002"]

  # Beside these: listed, mandatory, parent, moderators, partners, moderating, membership (directory, owners or both),
  # requests (bot, knock or none), posting (all or owners), inviting (nobody, owners, moderators or all), vouching
  # (one or two), history, encrypted, retention (days), digest, language, welcome, template. What is not written here
  # can be set by command.

  # invite-only: every employee knows that it exists; members alone are in it.
  - id: project-atlas
    name: {{fr: Projet Atlas, en: Project Atlas}}
    visibility: invite-only
    owners: ["0002"]
    members: ["0002"]

  # hidden: nobody but its members knows that it exists.
  - id: board
    name: {{fr: Comité de direction, en: Executive committee}}
    visibility: hidden
    owners: ["0001"]
    members: ["0001"]

# Other companies, whose people come from their own homeservers. A group that admits one says `partners: [acme]`; see
# docs/partners.md. Beside these: users (where a server is shared with others), state, deputy, since, terms,
# max_people, max_invitations, note. What is not written here can be set by command.
#   - id: acme
#     name: Acme SA
#     kind: reseller                # reseller, customer, supplier or other
#     servers: [acme.example]
#     sponsor: "0002"               # who answers for them
#     until: 2027-12-31
partners: []
"""
