"""The forms of the timetable: one file per form, each a pure function of what `content` gathers."""
