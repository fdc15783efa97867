"""Finding the server, asking it over REST, and following it: socket, then polling, then socket."""
