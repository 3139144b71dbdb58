//! Seeded fakes of every effect.
