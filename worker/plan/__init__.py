"""`schedules.yaml` → `Plan` → occurrences. Pure: no database and no clock of its own; time is an argument."""
