"""Ways to send one event to many WebSockets, each a server of its own, driven by the same words."""
