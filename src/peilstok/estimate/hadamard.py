"""Hadamard matrices: squares of 1 and -1 whose rows are orthogonal, so that half samples are balanced.

Made by doubling (Sylvester 1867) and from squares modulo a prime (Paley 1933, *Journal of Mathematics and Physics* 12,
311-320). These reach 1, 2 and of the multiples of 4 up to 100 all but 52, 92 and 100; then the next one serves.
"""

from __future__ import annotations

import numpy as np

from peilstok.estimate.design import Floats


def hadamard(least: int) -> Floats:
    """The smallest from `least` rows, a multiple of 4, that can be made here; its first row and column are all 1."""
    order = max(4 * -(-least // 4), 4)
    while (found := _of_order(order)) is None:
        order += 4
    upright = found * found[0]
    return np.asarray(upright * upright[:, :1], dtype=np.float64)


def _of_order(order: int) -> Floats | None:
    if order <= 2:
        return np.array([[1.0, 1.0], [1.0, -1.0]])[:order, :order]
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _paley(order - 1)
    if order % 8 == 4 and _is_prime(order // 2 - 1):
        return _paley_doubled(order // 2 - 1)
    half = _of_order(order // 2)
    return None if half is None else np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)


def _paley(prime: int) -> Floats:
    """Order p + 1, p = 3 modulo 4: the identity and a skew matrix of the squares modulo p."""
    return np.eye(prime + 1) + _bordered(prime, below=-1.0)


def _paley_doubled(prime: int) -> Floats:
    """Order 2 (p + 1), p = 1 modulo 4: a symmetric matrix of the squares modulo p, and the identity."""
    symmetric, one = _bordered(prime, below=1.0), np.eye(prime + 1)
    return np.block([[symmetric + one, symmetric - one], [symmetric - one, -symmetric - one]])


def _bordered(prime: int, *, below: float) -> Floats:
    """1 where i - j is a square modulo p, -1 where not, 0 where i = j; bordered by 1 above and `below` to the left."""
    places = np.arange(prime)
    squares = np.full(prime, -1.0)
    squares[places**2 % prime] = 1
    squares[0] = 0
    matrix = np.zeros((prime + 1, prime + 1))
    matrix[0, 1:], matrix[1:, 0] = 1, below
    matrix[1:, 1:] = squares[(places[:, None] - places) % prime]
    return matrix


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1))
