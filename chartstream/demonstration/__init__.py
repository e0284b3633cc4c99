"""``chartstream demo``: the main job on real input, start to end, with the sums checked."""
