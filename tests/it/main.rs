//! Tests of the crate from outside, in one binary.

mod color;
mod config;
mod counts;
mod crash;
mod empty;
mod fields;
mod guards;
mod harness;
mod help;
mod invalid;
mod large;
mod look;
mod online;
mod pages;
mod quickstart;
mod readme;
mod rejected;
mod remote;
mod schemas;
mod sensitive;
mod serve;
mod signals;
mod simulator;
mod tidy;
mod types;
mod usage;
