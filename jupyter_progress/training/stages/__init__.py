"""The built-in pipeline's stages, one file each: ``run(context)`` does the work and measures it."""
