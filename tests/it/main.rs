//! One binary for all integration tests: linking many of them is what is slow.

mod asset;
mod config;
mod dotenv;
mod event;
mod jwt;
mod oracle;
mod signature;
