"""The plan played on a clock that jumps, by the worker's own jobs, into a database and a sink that are thrown away."""
