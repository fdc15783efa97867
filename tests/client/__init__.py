"""The client: discovery, REST, following."""
