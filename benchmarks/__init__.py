"""Small measurements of this project, beside a peer or a bare counterpart of the same run."""
