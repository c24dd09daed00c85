// Tells ThreadSanitizer what Swift's `Mutex` does while it waits.
//
// Where nobody waits, a mutex is taken and given back by atomic operations in our own code, which ThreadSanitizer
// sees. Where somebody waits, the Swift library asks the kernel (futex), and that library is not instrumented: the
// order that the lock makes is then unknown, and everything behind it is called a race. A suppression would have to
// name `withLock`, and hide each real race with one foot inside it. So the three functions are wrapped here instead,
// and the order is said. Scripts/races links this into the tests that it runs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// The library's own function. A name that a newer Swift has changed must not go unnoticed.
static void *original(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock_slow(uint32_t thread, SELF) {
  ((SWIFT void (*)(uint32_t, SELF))original(LOCK))(thread, self);
  __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT bool try_lock_slow(SELF) {
  bool taken = ((SWIFT bool (*)(SELF))original(TRY_LOCK))(self);
  if (taken) __tsan_acquire(self);
  return taken;
}

SWIFT void unlock_slow(SELF) __asm__(UNLOCK);
SWIFT void unlock_slow(SELF) {
  __tsan_release(self);
  ((SWIFT void (*)(SELF))original(UNLOCK))(self);
}
