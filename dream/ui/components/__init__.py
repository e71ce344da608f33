"""Generic widgets, independent of jobs, gallery and networks."""
