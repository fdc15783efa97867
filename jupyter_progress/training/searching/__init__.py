"""Watching scikit-learn's searches: each fold as it ends, in whichever process it was fitted."""
