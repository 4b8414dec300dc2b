//! Small files kept in memory, up to a number of bytes.
//!
//! Two generations instead of a list in order of use: an entry that is asked for moves into the
//! young one; when that is half of the limit, it becomes the old one, and what nobody asked for
//! meanwhile goes. It is constant work for each request and bounded memory, where an exact order
//! would cost links or a scan. The cache knows no files: whoever asks checks that an entry is
//! still true.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an entry costs beside its own bytes: map, key, header values (an estimate, upwards).
pub(super) const OVERHEAD: usize = 1024;

/// Values by key, at most `limit` bytes of them.
pub(super) struct Cache<K, V> {
    limit: usize,
    generations: Mutex<Generations<K, V>>,
}

struct Generations<K, V> {
    young: HashMap<K, Arc<V>>,
    old: HashMap<K, Arc<V>>,
    /// Bytes in `young`, overhead included.
    weight: usize,
}

/// A value that knows its size.
pub(super) trait Weigh {
    /// Bytes that it holds on to.
    fn weight(&self) -> usize;
}

impl<K: Eq + Hash + Clone, V: Weigh> Cache<K, V> {
    /// An empty cache for at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Cache {
            limit,
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
                weight: 0,
            }),
        }
    }

    /// The value under `key`.
    pub(super) fn get<Q>(&self, key: &Q) -> Option<Arc<V>>
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let mut generations = self.lock();
        if let Some(value) = generations.young.get(key) {
            return Some(Arc::clone(value));
        }
        let (key, value) = generations.old.remove_entry(key)?;
        generations.add(key, Arc::clone(&value), self.limit);
        Some(value)
    }

    /// Keeps `value` under `key`, in place of what was there.
    pub(super) fn put(&self, key: K, value: Arc<V>) {
        let mut generations = self.lock();
        generations.remove(&key);
        generations.add(key, value, self.limit);
    }

    /// Forgets what is under `key`, if it still is `value`.
    pub(super) fn forget(&self, key: &K, value: &Arc<V>) {
        let mut generations = self.lock();
        let is_it = |found: Option<&Arc<V>>| found.is_some_and(|found| Arc::ptr_eq(found, value));
        if is_it(generations.young.get(key)) || is_it(generations.old.get(key)) {
            generations.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        // Nothing in here panics half way; and a cache is true or checked, never trusted.
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, V: Weigh> Generations<K, V> {
    fn add(&mut self, key: K, value: Arc<V>, limit: usize) {
        let weight = value.weight() + OVERHEAD;
        let half = limit / 2;
        if weight > half {
            return;
        }
        if self.weight + weight > half {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, value);
    }

    fn remove(&mut self, key: &K) {
        self.old.remove(key);
        if let Some(value) = self.young.remove(key) {
            self.weight -= value.weight() + OVERHEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for usize {
        fn weight(&self) -> usize {
            *self
        }
    }

    fn kept(cache: &Cache<u32, usize>) -> usize {
        let generations = cache.lock();
        let both = generations.young.values().chain(generations.old.values());
        both.map(|value| value.weight() + OVERHEAD).sum()
    }

    #[test]
    fn the_limit_holds_whatever_comes() {
        let limit = 20 * OVERHEAD;
        let cache = Cache::new(limit);
        for key in 0..1000_u32 {
            cache.put(key, Arc::new(key as usize % 3000));
            cache.get(&(key / 2));
            assert!(kept(&cache) <= limit);
        }
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let cache = Cache::new(8 * OVERHEAD);
        cache.put(0, Arc::new(0));
        for key in 1..100 {
            cache.put(key, Arc::new(0));
            assert!(cache.get(&0).is_some(), "lost at {key}");
        }
        assert!(cache.get(&1).is_none());
    }

    #[test]
    fn a_value_replaces_another_and_its_weight() {
        let cache = Cache::new(8 * OVERHEAD);
        for size in [1, 2, 3] {
            cache.put(7, Arc::new(size));
        }
        assert_eq!(cache.get(&7).as_deref(), Some(&3));
        assert_eq!(kept(&cache), 3 + OVERHEAD);
    }

    #[test]
    fn only_the_value_meant_is_forgotten() {
        let cache = Cache::new(8 * OVERHEAD);
        let (first, second) = (Arc::new(1), Arc::new(1));
        cache.put(7, Arc::clone(&first));
        cache.put(7, Arc::clone(&second));
        cache.forget(&7, &first);
        assert!(cache.get(&7).is_some());
        cache.forget(&7, &second);
        assert!(cache.get(&7).is_none());
        assert_eq!(cache.lock().weight, 0);
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let cache = Cache::new(8 * OVERHEAD);
        cache.put(1, Arc::new(4 * OVERHEAD));
        assert!(cache.get(&1).is_none());
    }
}
