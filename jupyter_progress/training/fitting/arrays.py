"""Rows as the inner parts of scikit-learn's ensembles take them."""

from __future__ import annotations

from typing import Any


def as_array(X: Any, dtype: Any) -> Any:
    """A frame or an array as an array (a sparse matrix as CSR), not asked whether it is finite.

    Parameters
    ----------
    dtype
        To convert to; None keeps what is there.
    """
    from sklearn import config_context
    from sklearn.utils import check_array

    with config_context(assume_finite=True):
        return check_array(X, dtype=dtype, accept_sparse="csr")
