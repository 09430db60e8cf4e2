import type { SimulatedTime } from './simulatedTime';

/** What a server needs for its answers. */
export interface ServerModel {
	cores: number;
	/** Milliseconds of a core for each call, and for each of its records. */
	perCall: number;
	perRecord: number;
	/** Milliseconds that a request and its answer are on the way. */
	latency: number;
}

/** A server with a number of cores that work one request after the other, in the order of arrival. */
export class ModelServer {
	/** When each core is free. */
	private readonly free: number[];

	/** Records and requests that were under way at most. */
	underWay = { records: 0, requests: 0 };

	readonly most = { records: 0, requests: 0 };

	constructor(
		private readonly time: SimulatedTime,
		readonly model: ServerModel,
		/** By what the work of a request is multiplied. */
		private readonly jitter: () => number = () => 1,
	) {
		this.free = new Array<number>(model.cores).fill(0);
	}

	/** Works on a request. */
	async work(records: number): Promise<void> {
		this.arrives(records, 1);
		const { latency, perCall, perRecord } = this.model;
		await this.time.sleep(latency / 2);
		const core = this.free.indexOf(Math.min(...this.free));
		const start = Math.max(this.time.now(), this.free[core]);
		this.free[core] = start + (perCall + perRecord * records) * this.jitter();
		await this.time.until(this.free[core] + latency / 2);
		this.arrives(-records, -1);
	}

	private arrives(records: number, requests: number): void {
		this.underWay.records += records;
		this.underWay.requests += requests;
		this.most.records = Math.max(this.most.records, this.underWay.records);
		this.most.requests = Math.max(this.most.requests, this.underWay.requests);
	}
}
