//! Worst cases of a plan: calls, tokens, price.
