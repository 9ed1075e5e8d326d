"""Double precision for the whole package, said once: importing this module switches JAX over before any array exists."""

import jax

jax.config.update("jax_enable_x64", True)
