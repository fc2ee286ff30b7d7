"""Making an index folder and reading one."""
