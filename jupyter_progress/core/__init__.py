"""The pure part: no clock, socket, thread or file. Time comes as an argument or from the event."""
