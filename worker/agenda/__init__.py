"""Partners' dates for the calendar of events: offered by a form or a calendar file, taken or left out by the office."""
