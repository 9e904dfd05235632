//! Pure maths: matrices and a seeded generator in, values out. No clock, no file, no runtime.
