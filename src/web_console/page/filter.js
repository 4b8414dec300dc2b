// Which entries of the list are shown. The filter stands in the URL, in the words of the API.

/** The filter that a URL's query holds. */
export class Filter {
  constructor(query) {
    this.text = (query.get('q') ?? '').trim().toLowerCase();
    this.service = query.get('service') ?? '';
    this.status = query.get('status') ?? '';
    this.method = query.get('method') ?? '';
    this.parity = query.get('parity') === 'warned';
  }

  get isEmpty() {
    return !(this.text || this.service || this.status || this.method || this.parity);
  }

  /** A notice belongs to no request: only who wants everything wants it. */
  takes(entry) {
    if (entry.event !== 'request') return this.isEmpty;
    if (this.service && entry.service !== this.service) return false;
    if (this.method && entry.method !== this.method) return false;
    if (this.status && !this.#takesStatus(entry.status)) return false;
    if (this.parity && entry.warnings.length === 0) return false;
    return !this.text || this.#words(entry).toLowerCase().includes(this.text);
  }

  #takesStatus(status) {
    const text = String(status);
    return this.status.toLowerCase().endsWith('xx') ? text[0] === this.status[0] : text === this.status;
  }

  #words(entry) {
    const { method, path, status, service, visibility, target, fault, sid, warnings } = entry;
    const rules = warnings.map((warning) => warning.rule).join(' ');
    return `${method} ${path} ${status} ${service} ${visibility} ${target} ${sid} ${rules} ${fault ?? ''}`;
  }
}
