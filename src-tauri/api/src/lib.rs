//! What crosses the boundary between the engine and its front ends.
