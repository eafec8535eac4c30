// The whole of libsodium that Selo sees; Sources/SeloCrypto/Sodium.swift is its only user.
#include <sodium.h>
