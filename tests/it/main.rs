//! One binary for all integration tests: linking many of them is what is slow.

#[path = "../../functions/mod.rs"]
mod functions;

mod architecture;
mod asset;
mod auth;
mod browser;
mod cli;
mod config;
mod conformance;
mod console;
mod debugger;
mod demo;
mod differential;
mod dotenv;
mod event;
mod faults;
mod handlers;
mod hostile;
mod http;
mod jwt;
mod jwt_pair;
mod life;
mod limits;
mod methods;
mod misbehaviour;
mod node;
mod oracle;
mod orphans;
mod parity;
mod payloads;
mod phone;
mod project;
mod refusals;
mod reload;
mod routing;
mod saves;
mod services;
mod signature;
mod testing;
mod timeline;
mod twiml;
mod visibility;
mod webhook;
