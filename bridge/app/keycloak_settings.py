"""What config.yaml says of a realm of Keycloak, as the adapter wants it. For ``sources``."""

from bridge.adapters.directory.keycloak_calls import Realm
from bridge.adapters.directory.keycloak_server import KeycloakPlace
from bridge.config.directories import KeycloakDirectory


def keycloak_place(directory: KeycloakDirectory, server_name: str) -> KeycloakPlace:
    """The realm, the client that reads it, and what its groups get that say nothing of how visible they are."""
    return KeycloakPlace(
        realm=Realm(
            address=directory.url,
            realm=directory.realm,
            client_id=directory.client_id,
            secret=directory.client_secret.reveal(),
            ca_file=directory.ca_file,
            page=directory.page,
            timeout=int(directory.timeout.total_seconds()),
        ),
        server_name=server_name,
        visibility=directory.visibility,
    )
