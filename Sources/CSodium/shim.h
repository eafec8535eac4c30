// The whole of libsodium that Selo sees; Sources/SeloCrypto/Sodium is its only user.
#include <sodium.h>
