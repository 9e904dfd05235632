//! Durable jobs: a queue in the Store with states that can refuse.
