"""Running: a plan as data, papermill as the engine, worker processes, and pages published from what succeeded."""
