"""All tests run in float64, as `import solion` sets it."""

import jax

jax.config.update("jax_enable_x64", True)
