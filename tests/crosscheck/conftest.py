"""The frameworks read these when they are imported, which is when a layer of theirs is first made."""

import os

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
