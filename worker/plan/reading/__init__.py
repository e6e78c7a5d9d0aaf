"""The file `schedules.yaml` → `Plan`: its form, its rows, what they say of each other, and every fault at its place."""
