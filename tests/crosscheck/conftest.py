"""The frameworks read these when they are imported, which is when a layer of theirs is first made."""

import os

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"
# jaxlib 0.10.2 on a CPU fuses the reverse mode of a scan wrongly in float64: the Jacobian of an LSTM through
# six steps comes out wrong by 80 %, where forward mode, the uncompiled function and this setting agree.
os.environ["JAX_DISABLE_MOST_OPTIMIZATIONS"] = "1"
