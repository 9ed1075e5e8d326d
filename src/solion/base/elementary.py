"""The natural logarithm in a form that a processor works off several numbers at a time.

XLA on a CPU has vector code for exponentials but calls the C library for each logarithm of a double, which took half of the time
of a film's equations. Here it is plain arithmetic on bits and a polynomial, as in fdlibm's ``e_log.c`` (Sun Microsystems, 1993),
with an error below 1e-16 relative or one unit in the last place.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

MOST = 100.0  # argument of an exponential law; beyond, it goes on along its tangent: 1e43 times its scale is no current

SEVERAL_LOGARITHMS = "several_logarithms"  # name of that function in a traced program: one operation, not arithmetic on bits

_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # whose sum is ln 2
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_HALF_ROOT = np.int64(0x3FE6A09E00000000)  # bits of sqrt(1/2), nearly
_WHOLE = 4503599627370496.0  # 2^52: its bits hold a small whole number as they are
_SMALLEST = 2.2250738585072014e-308  # of the numbers that are held to full precision


def once(values):
    """The same arrays, computed once: XLA repeats what is cheap in each expression that it enters, also where that is many."""
    return jax.lax.optimization_barrier(values)


def array_module(*values):
    """NumPy where all are plain or NumPy's numbers, else jax.numpy: one closed form serves fits in NumPy and traced programs."""
    return np if all(isinstance(value, int | float | np.ndarray | np.generic) for value in values) else jnp


def bounded_sinh(x):
    """sinh x up to |x| = 100, beyond along its tangent: increasing, odd and finite whatever x."""
    near = jnp.clip(x, -MOST, MOST)
    # chosen, not added: in a derivative taken backwards 1e43 less 1e43 would leave nothing of cosh x
    return jnp.sinh(near) + jnp.where(jnp.abs(x) > MOST, x - near, 0.0) * np.cosh(MOST)


@jax.custom_jvp
def log(x):
    """ln x; minus infinity at zero (and below 2.2e-308), not a number below it."""
    x = jnp.asarray(x, float)
    return jnp.log(x) if x.ndim == 0 else several_logarithms(x)  # the long form takes longer to compile


@jax.jit
def several_logarithms(x):
    bits = jax.lax.bitcast_convert_type(x, jnp.int64)
    # x = 2^exponent (1 + f) with 1 + f in [sqrt(1/2), sqrt(2))
    above = bits - _HALF_ROOT
    exponent = above >> 52
    f = jax.lax.bitcast_convert_type((above & _MANTISSA) + _HALF_ROOT, jnp.float64) - 1.0
    magic = jax.lax.bitcast_convert_type((exponent + 1023) | np.int64(0x4330000000000000), jnp.float64)
    k = magic - (_WHOLE + 1023.0)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (_SERIES[1] + w * (_SERIES[3] + w * _SERIES[5]))
    even = z * (_SERIES[0] + w * (_SERIES[2] + w * (_SERIES[4] + w * _SERIES[6])))
    half = 0.5 * f * f
    value = k * _LN2_HIGH - ((half - (s * (half + odd + even) + k * _LN2_LOW)) - f)
    value = jnp.where(x == jnp.inf, x, value)
    return jnp.where(x >= _SMALLEST, value, jnp.where(x >= 0, -jnp.inf, jnp.nan))


@log.defjvp
def _log_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    return log(x), dx / x


@jax.custom_jvp
def log1p(x):
    """ln(1 + x), to full relative precision, by :func:`log`."""
    whole = 1 + x
    kept = whole - 1  # what of x the sum has kept
    return jnp.where(kept == 0, x, log(whole) * (x / jnp.where(kept == 0, 1.0, kept)))


@log1p.defjvp
def _log1p_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    return log1p(x), dx / (1 + x)


@jax.custom_jvp
def softplus(x):
    """ln(1 + e^x), to full relative precision: e^x far below zero, x far above."""
    return jnp.maximum(x, 0.0) + log1p(jnp.exp(-jnp.abs(x)))


@softplus.defjvp
def _softplus_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    small = jnp.exp(-jnp.abs(x))
    return softplus(x), jnp.where(x > 0, 1.0, small) / (1 + small) * dx


def inverse_softplus(value):
    """x with ln(1 + e^x) = value > 0."""
    return value + jnp.log(-jnp.expm1(-value))
