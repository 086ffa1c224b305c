// Made by `npm run generate` of docs/openapi.json; do not edit.

export interface components {
    schemas: {
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly instance?: string;
            readonly code: string;
            readonly request_id: string;
            readonly errors: readonly {
                readonly pointer: string;
                readonly code: string;
                readonly detail: string;
            }[];
        };
        readonly WebhookPayment: {
            /** Format: uuid */
            readonly payment_id: string;
            /** @enum {string} */
            readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
            readonly amount: number;
            /** @description null when the request named none. */
            readonly currency: string | null;
            readonly recipient: string | null;
            readonly description: string | null;
            /** @enum {string|null} */
            readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
            /** Format: date-time */
            readonly created_at: string;
            /** Format: date-time */
            readonly updated_at: string;
            readonly reference: string | null;
            /** @enum {string} */
            readonly method: "account" | "card";
            /** @description What is kept of its card; null for a payment from an account. */
            readonly card: {
                readonly brand: string;
                /** @description The first six digits. */
                readonly bin: string;
                readonly last4: string;
                /** @description The same for the same card, and only here. */
                readonly fingerprint: string;
                readonly luhn_valid: boolean;
            } | null;
            readonly channel: string | null;
            readonly device_id: string | null;
            readonly amount_captured: number;
            readonly amount_refunded: number;
            readonly refunds: readonly {
                readonly refund_id: string;
                /** Format: uuid */
                readonly payment_id: string;
                readonly amount: number;
                readonly currency: string;
                readonly reason: string | null;
                /** @enum {string} */
                readonly status: "SUCCEEDED";
                /** Format: date-time */
                readonly created_at: string;
            }[];
            /** @description Attempts begun; 0 while CREATED. */
            readonly attempts: number;
            /** @description POST …/retry would be accepted now. */
            readonly retryable: boolean;
            /** @description Why it failed; null unless FAILED. */
            readonly decline: {
                /** @description ISO 8583 field 39. */
                readonly code: string;
                readonly message: string;
                /** @enum {string} */
                readonly retry: "never" | "later" | "other_card";
            } | null;
            /** @description Of its last decided attempt; null before that, and for a payment from an account. */
            readonly risk: {
                readonly score: number;
                /** @enum {string} */
                readonly level: "normal" | "elevated" | "highest";
                readonly reasons: readonly string[];
            } | null;
            /** @description Up to 50 facts of your own, kept and given back. */
            readonly metadata: {
                readonly [key: string]: string | number | boolean | null;
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export interface operations {
    readonly listPayments: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                readonly cursor?: string;
                /** @description One status or several, joined by commas. */
                readonly status?: string;
                readonly currency?: string;
                readonly method?: "account" | "card";
                readonly failure_reason?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                readonly "created_at[gte]"?: string;
                readonly "created_at[lt]"?: string;
                readonly "amount[gte]"?: string;
                readonly "amount[lte]"?: string;
                readonly reference?: string;
                /** @description A payment id, the last four digits of a card, or the beginning of a recipient (then in their order). */
                readonly q?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            /** Format: uuid */
                            readonly payment_id: string;
                            /** @enum {string} */
                            readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
                            readonly amount: number;
                            /** @description null when the request named none. */
                            readonly currency: string | null;
                            readonly recipient: string | null;
                            readonly description: string | null;
                            /** @enum {string|null} */
                            readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            readonly reference: string | null;
                            /** @enum {string} */
                            readonly method: "account" | "card";
                            /** @description What is kept of its card; null for a payment from an account. */
                            readonly card: {
                                readonly brand: string;
                                /** @description The first six digits. */
                                readonly bin: string;
                                readonly last4: string;
                                /** @description The same for the same card, and only here. */
                                readonly fingerprint: string;
                                readonly luhn_valid: boolean;
                            } | null;
                            readonly channel: string | null;
                            readonly device_id: string | null;
                            readonly amount_captured: number;
                            readonly amount_refunded: number;
                            readonly refunds: readonly {
                                readonly refund_id: string;
                                /** Format: uuid */
                                readonly payment_id: string;
                                readonly amount: number;
                                readonly currency: string;
                                readonly reason: string | null;
                                /** @enum {string} */
                                readonly status: "SUCCEEDED";
                                /** Format: date-time */
                                readonly created_at: string;
                            }[];
                            /** @description Attempts begun; 0 while CREATED. */
                            readonly attempts: number;
                            /** @description POST …/retry would be accepted now. */
                            readonly retryable: boolean;
                            /** @description Why it failed; null unless FAILED. */
                            readonly decline: {
                                /** @description ISO 8583 field 39. */
                                readonly code: string;
                                readonly message: string;
                                /** @enum {string} */
                                readonly retry: "never" | "later" | "other_card";
                            } | null;
                            /** @description Of its last decided attempt; null before that, and for a payment from an account. */
                            readonly risk: {
                                readonly score: number;
                                /** @enum {string} */
                                readonly level: "normal" | "elevated" | "highest";
                                readonly reasons: readonly string[];
                            } | null;
                            /** @description Up to 50 facts of your own, kept and given back. */
                            readonly metadata: {
                                readonly [key: string]: string | number | boolean | null;
                            };
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly createPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Major units, exact; at most as many fraction digits as the currency has. Zero or less is kept as a payment that fails with INVALID_AMOUNT. */
                    readonly amount: number;
                    /** @description ISO 4217 code, any case. Absent: the payment fails with INVALID_REQUEST. */
                    readonly currency?: string | null;
                    /** @description Who is paid. Absent: the payment fails with INVALID_REQUEST. */
                    readonly recipient?: string | null;
                    /** @description Your own name for it; lists can be filtered by it. */
                    readonly reference?: string | null;
                    /** @description Free text. */
                    readonly description?: string | null;
                    /**
                     * @description A payment is captured as soon as it succeeds.
                     * @enum {string|null}
                     */
                    readonly capture?: "automatic" | null;
                    /** @description A card; absent: a payment from an account. */
                    readonly card?: {
                        /** @description 12 to 19 digits, single spaces or hyphens between them allowed. Never stored. */
                        readonly number: string;
                        readonly exp_month?: number | null;
                        /** @description 2030 or 30. */
                        readonly exp_year?: number | null;
                    } | null;
                    /** @description Where it was made: ecommerce, pos, … */
                    readonly channel?: string | null;
                    /** @description The device it was made on. */
                    readonly device_id?: string | null;
                    /** @description The address it came from. The address of the connection is never used. */
                    readonly ip?: string | null;
                    /** @description Up to 50 facts of your own, kept and given back. */
                    readonly metadata?: {
                        readonly [key: string]: string | number | boolean | null;
                    } | null;
                    /** @description Asks for an outcome instead of drawing one. */
                    readonly simulate?: {
                        /**
                         * @description APPROVE, or the failure reason to end with.
                         * @enum {string}
                         */
                        readonly outcome?: "APPROVE" | "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        /** @description Milliseconds from PROCESSING to the outcome. */
                        readonly delay_ms?: number;
                        /** @description One outcome per attempt; the last one holds for all further attempts. */
                        readonly sequence?: readonly ("APPROVE" | "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED")[];
                        /** @description The answer is lost. */
                        readonly http?: {
                            /** @enum {string} */
                            readonly fault: "drop" | "timeout" | "429" | "500";
                            /**
                             * @description Before the payment is made, or after: then it is made all the same.
                             * @enum {string}
                             */
                            readonly when?: "before" | "after";
                        };
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly payment_id: string;
                        /** @enum {string} */
                        readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
                        readonly amount: number;
                        /** @description null when the request named none. */
                        readonly currency: string | null;
                        readonly recipient: string | null;
                        readonly description: string | null;
                        /** @enum {string|null} */
                        readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        readonly reference: string | null;
                        /** @enum {string} */
                        readonly method: "account" | "card";
                        /** @description What is kept of its card; null for a payment from an account. */
                        readonly card: {
                            readonly brand: string;
                            /** @description The first six digits. */
                            readonly bin: string;
                            readonly last4: string;
                            /** @description The same for the same card, and only here. */
                            readonly fingerprint: string;
                            readonly luhn_valid: boolean;
                        } | null;
                        readonly channel: string | null;
                        readonly device_id: string | null;
                        readonly amount_captured: number;
                        readonly amount_refunded: number;
                        readonly refunds: readonly {
                            readonly refund_id: string;
                            /** Format: uuid */
                            readonly payment_id: string;
                            readonly amount: number;
                            readonly currency: string;
                            readonly reason: string | null;
                            /** @enum {string} */
                            readonly status: "SUCCEEDED";
                            /** Format: date-time */
                            readonly created_at: string;
                        }[];
                        /** @description Attempts begun; 0 while CREATED. */
                        readonly attempts: number;
                        /** @description POST …/retry would be accepted now. */
                        readonly retryable: boolean;
                        /** @description Why it failed; null unless FAILED. */
                        readonly decline: {
                            /** @description ISO 8583 field 39. */
                            readonly code: string;
                            readonly message: string;
                            /** @enum {string} */
                            readonly retry: "never" | "later" | "other_card";
                        } | null;
                        /** @description Of its last decided attempt; null before that, and for a payment from an account. */
                        readonly risk: {
                            readonly score: number;
                            /** @enum {string} */
                            readonly level: "normal" | "elevated" | "highest";
                            readonly reasons: readonly string[];
                        } | null;
                        /** @description Up to 50 facts of your own, kept and given back. */
                        readonly metadata: {
                            readonly [key: string]: string | number | boolean | null;
                        };
                    };
                };
            };
        };
    };
    readonly refundPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Major units; absent: all that is left. */
                    readonly amount?: number | null;
                    readonly reason?: string | null;
                } | null;
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly payment_id: string;
                        /** @enum {string} */
                        readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
                        readonly amount: number;
                        /** @description null when the request named none. */
                        readonly currency: string | null;
                        readonly recipient: string | null;
                        readonly description: string | null;
                        /** @enum {string|null} */
                        readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        readonly reference: string | null;
                        /** @enum {string} */
                        readonly method: "account" | "card";
                        /** @description What is kept of its card; null for a payment from an account. */
                        readonly card: {
                            readonly brand: string;
                            /** @description The first six digits. */
                            readonly bin: string;
                            readonly last4: string;
                            /** @description The same for the same card, and only here. */
                            readonly fingerprint: string;
                            readonly luhn_valid: boolean;
                        } | null;
                        readonly channel: string | null;
                        readonly device_id: string | null;
                        readonly amount_captured: number;
                        readonly amount_refunded: number;
                        readonly refunds: readonly {
                            readonly refund_id: string;
                            /** Format: uuid */
                            readonly payment_id: string;
                            readonly amount: number;
                            readonly currency: string;
                            readonly reason: string | null;
                            /** @enum {string} */
                            readonly status: "SUCCEEDED";
                            /** Format: date-time */
                            readonly created_at: string;
                        }[];
                        /** @description Attempts begun; 0 while CREATED. */
                        readonly attempts: number;
                        /** @description POST …/retry would be accepted now. */
                        readonly retryable: boolean;
                        /** @description Why it failed; null unless FAILED. */
                        readonly decline: {
                            /** @description ISO 8583 field 39. */
                            readonly code: string;
                            readonly message: string;
                            /** @enum {string} */
                            readonly retry: "never" | "later" | "other_card";
                        } | null;
                        /** @description Of its last decided attempt; null before that, and for a payment from an account. */
                        readonly risk: {
                            readonly score: number;
                            /** @enum {string} */
                            readonly level: "normal" | "elevated" | "highest";
                            readonly reasons: readonly string[];
                        } | null;
                        /** @description Up to 50 facts of your own, kept and given back. */
                        readonly metadata: {
                            readonly [key: string]: string | number | boolean | null;
                        };
                    };
                };
            };
        };
    };
    readonly retryPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Another card, for a payment by card. */
                    readonly card?: {
                        /** @description 12 to 19 digits, single spaces or hyphens between them allowed. Never stored. */
                        readonly number: string;
                        readonly exp_month?: number | null;
                        /** @description 2030 or 30. */
                        readonly exp_year?: number | null;
                    } | null;
                } | null;
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly payment_id: string;
                        /** @enum {string} */
                        readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
                        readonly amount: number;
                        /** @description null when the request named none. */
                        readonly currency: string | null;
                        readonly recipient: string | null;
                        readonly description: string | null;
                        /** @enum {string|null} */
                        readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        readonly reference: string | null;
                        /** @enum {string} */
                        readonly method: "account" | "card";
                        /** @description What is kept of its card; null for a payment from an account. */
                        readonly card: {
                            readonly brand: string;
                            /** @description The first six digits. */
                            readonly bin: string;
                            readonly last4: string;
                            /** @description The same for the same card, and only here. */
                            readonly fingerprint: string;
                            readonly luhn_valid: boolean;
                        } | null;
                        readonly channel: string | null;
                        readonly device_id: string | null;
                        readonly amount_captured: number;
                        readonly amount_refunded: number;
                        readonly refunds: readonly {
                            readonly refund_id: string;
                            /** Format: uuid */
                            readonly payment_id: string;
                            readonly amount: number;
                            readonly currency: string;
                            readonly reason: string | null;
                            /** @enum {string} */
                            readonly status: "SUCCEEDED";
                            /** Format: date-time */
                            readonly created_at: string;
                        }[];
                        /** @description Attempts begun; 0 while CREATED. */
                        readonly attempts: number;
                        /** @description POST …/retry would be accepted now. */
                        readonly retryable: boolean;
                        /** @description Why it failed; null unless FAILED. */
                        readonly decline: {
                            /** @description ISO 8583 field 39. */
                            readonly code: string;
                            readonly message: string;
                            /** @enum {string} */
                            readonly retry: "never" | "later" | "other_card";
                        } | null;
                        /** @description Of its last decided attempt; null before that, and for a payment from an account. */
                        readonly risk: {
                            readonly score: number;
                            /** @enum {string} */
                            readonly level: "normal" | "elevated" | "highest";
                            readonly reasons: readonly string[];
                        } | null;
                        /** @description Up to 50 facts of your own, kept and given back. */
                        readonly metadata: {
                            readonly [key: string]: string | number | boolean | null;
                        };
                    };
                };
            };
        };
    };
    readonly getPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly payment_id: string;
                        /** @enum {string} */
                        readonly status: "CREATED" | "PROCESSING" | "AUTHORIZED" | "SUCCESS" | "FAILED" | "CANCELED" | "REFUNDED";
                        readonly amount: number;
                        /** @description null when the request named none. */
                        readonly currency: string | null;
                        readonly recipient: string | null;
                        readonly description: string | null;
                        /** @enum {string|null} */
                        readonly failure_reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED" | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        readonly reference: string | null;
                        /** @enum {string} */
                        readonly method: "account" | "card";
                        /** @description What is kept of its card; null for a payment from an account. */
                        readonly card: {
                            readonly brand: string;
                            /** @description The first six digits. */
                            readonly bin: string;
                            readonly last4: string;
                            /** @description The same for the same card, and only here. */
                            readonly fingerprint: string;
                            readonly luhn_valid: boolean;
                        } | null;
                        readonly channel: string | null;
                        readonly device_id: string | null;
                        readonly amount_captured: number;
                        readonly amount_refunded: number;
                        readonly refunds: readonly {
                            readonly refund_id: string;
                            /** Format: uuid */
                            readonly payment_id: string;
                            readonly amount: number;
                            readonly currency: string;
                            readonly reason: string | null;
                            /** @enum {string} */
                            readonly status: "SUCCEEDED";
                            /** Format: date-time */
                            readonly created_at: string;
                        }[];
                        /** @description Attempts begun; 0 while CREATED. */
                        readonly attempts: number;
                        /** @description POST …/retry would be accepted now. */
                        readonly retryable: boolean;
                        /** @description Why it failed; null unless FAILED. */
                        readonly decline: {
                            /** @description ISO 8583 field 39. */
                            readonly code: string;
                            readonly message: string;
                            /** @enum {string} */
                            readonly retry: "never" | "later" | "other_card";
                        } | null;
                        /** @description Of its last decided attempt; null before that, and for a payment from an account. */
                        readonly risk: {
                            readonly score: number;
                            /** @enum {string} */
                            readonly level: "normal" | "elevated" | "highest";
                            readonly reasons: readonly string[];
                        } | null;
                        /** @description Up to 50 facts of your own, kept and given back. */
                        readonly metadata: {
                            readonly [key: string]: string | number | boolean | null;
                        };
                    };
                };
            };
        };
    };
    readonly getRefund: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly refund_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly refund_id: string;
                        /** Format: uuid */
                        readonly payment_id: string;
                        readonly amount: number;
                        readonly currency: string;
                        readonly reason: string | null;
                        /** @enum {string} */
                        readonly status: "SUCCEEDED";
                        /** Format: date-time */
                        readonly created_at: string;
                    };
                };
            };
        };
    };
    readonly authorizeCard: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description 12 to 19 digits. Never stored. A wrong check digit is a sign of risk, no error. */
                    readonly card_number: string;
                    /** @description Above zero; major units, exact. */
                    readonly amount: number;
                    /** @description ISO 4217 code, any case; absent: GBP. */
                    readonly currency?: string | null;
                    /** @description Who is paid. */
                    readonly merchant: string;
                    /** @description Absent: ecommerce; null stays null. */
                    readonly channel?: string | null;
                    /** @description The device it was made on. */
                    readonly device_id?: string | null;
                    /** @description The address it came from. The address of the connection is never used. */
                    readonly ip?: string | null;
                    /**
                     * @description A payment is captured as soon as it succeeds.
                     * @enum {string|null}
                     */
                    readonly capture?: "automatic" | null;
                    /** @description Up to 50 facts of your own, kept and given back. */
                    readonly metadata?: {
                        readonly [key: string]: string | number | boolean | null;
                    } | null;
                    /** @description Asks for an outcome instead of drawing one. */
                    readonly simulate?: {
                        /**
                         * @description APPROVE, or the failure reason to end with.
                         * @enum {string}
                         */
                        readonly outcome?: "APPROVE" | "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        /** @description Milliseconds from PROCESSING to the outcome. */
                        readonly delay_ms?: number;
                        /** @description One outcome per attempt; the last one holds for all further attempts. */
                        readonly sequence?: readonly ("APPROVE" | "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED")[];
                        /** @description The answer is lost. */
                        readonly http?: {
                            /** @enum {string} */
                            readonly fault: "drop" | "timeout" | "429" | "500";
                            /**
                             * @description Before the payment is made, or after: then it is made all the same.
                             * @enum {string}
                             */
                            readonly when?: "before" | "after";
                        };
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly transaction_id: string;
                        /** @enum {string} */
                        readonly status: "Approved" | "Declined";
                        /** @description null when approved. */
                        readonly decision_reason: string | null;
                        readonly score: number;
                        /** @description How long deciding took. */
                        readonly latency_ms: number;
                        readonly features: {
                            readonly spending_velocity: number;
                            readonly device_trust_score: number;
                            readonly ip_risk_score: number;
                        };
                        readonly failure_reason: string | null;
                        /** @description The rule that settled it. */
                        readonly rule: string;
                        /** @description What each feature added to the score; together they are the score. */
                        readonly contributions: {
                            readonly [key: string]: number;
                        };
                        /** @enum {string} */
                        readonly level: "normal" | "elevated" | "highest";
                        /** @description Rules that flagged it. */
                        readonly flags?: readonly string[];
                        /** @description What rules in shadow would have done. */
                        readonly shadow?: readonly {
                            readonly rule: string;
                            readonly outcome: string;
                        }[];
                    };
                };
            };
        };
    };
    readonly getTransaction: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly id: string;
                        readonly card_last4: string;
                        readonly amount: number;
                        readonly currency: string;
                        readonly merchant: string | null;
                        readonly channel: string | null;
                        readonly device_id: string | null;
                        /** @enum {string} */
                        readonly status: "Approved" | "Declined";
                        /** @description Why it was declined; null when approved. */
                        readonly risk_flag: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                    };
                };
            };
        };
    };
    readonly getAudit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly {
                        readonly id: string;
                        /** Format: uuid */
                        readonly transaction_id: string;
                        /** @description What was asked, the card number masked. */
                        readonly request_payload: Record<string, unknown>;
                        /** @description What was decided, by which rule, from which facts and draws. */
                        readonly decision_payload: {
                            /** @enum {string} */
                            readonly status: "Approved" | "Declined";
                            readonly score: number | null;
                            readonly reason: string | null;
                            readonly latency_ms: number | null;
                            readonly features: Record<string, unknown> | null;
                            /** @description What settled it. */
                            readonly rule?: string;
                            /** @description APPROVE, or the failure reason. */
                            readonly outcome?: string;
                            /** @description What was drawn from the seeded generator, by the rule that asked. */
                            readonly draws?: Record<string, unknown>;
                            readonly flags?: readonly string[];
                            readonly shadow?: readonly Record<string, unknown>[];
                            readonly contributions?: Record<string, unknown> | null;
                            readonly reasons?: readonly string[];
                            /** @description What was looked up. */
                            readonly facts?: Record<string, unknown> | null;
                            readonly attempt?: number;
                        };
                        readonly latency_ms: number | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        readonly request_id: string;
                        readonly actor: string;
                    }[];
                };
            };
        };
    };
    readonly getStats: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly total: number;
                        readonly approved: number;
                        readonly declined: number;
                        /** @description Four decimals; 0 when there is none. */
                        readonly approval_rate: number;
                        /** @description Two decimals, over all currencies alike. */
                        readonly avg_amount: number;
                        /** @description Milliseconds that 95 % of decisions took at most, within 1 %; null when empty. */
                        readonly p95_latency: number | null;
                        readonly by_currency: {
                            readonly [key: string]: {
                                readonly total: number;
                                readonly approved: number;
                                readonly declined: number;
                                readonly approval_rate: number;
                                readonly avg_amount: number;
                            };
                        };
                    };
                };
            };
        };
    };
    readonly resetData: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly total: number;
                        readonly approved: number;
                        readonly declined: number;
                        /** @description Four decimals; 0 when there is none. */
                        readonly approval_rate: number;
                        /** @description Two decimals, over all currencies alike. */
                        readonly avg_amount: number;
                        /** @description Milliseconds that 95 % of decisions took at most, within 1 %; null when empty. */
                        readonly p95_latency: number | null;
                        readonly by_currency: {
                            readonly [key: string]: {
                                readonly total: number;
                                readonly approved: number;
                                readonly declined: number;
                                readonly approval_rate: number;
                                readonly avg_amount: number;
                            };
                        };
                    };
                };
            };
        };
    };
    readonly getSummary: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly total: number;
                        readonly success: number;
                        readonly failed: number;
                        readonly refunded: number;
                        readonly failure_reasons: {
                            readonly [key: string]: number;
                        };
                        readonly created: number;
                        readonly processing: number;
                        readonly authorized: number;
                        readonly canceled: number;
                        /** @description Captured so far per currency, refunds not taken off. */
                        readonly volume: {
                            readonly [key: string]: number;
                        };
                        /** @description From creation to the first outcome, within 1 %; null before the first. */
                        readonly time_to_outcome_ms: {
                            readonly p50?: number | null;
                            readonly p95?: number | null;
                            readonly p99?: number | null;
                        };
                    };
                };
            };
        };
    };
    readonly getTimeSeries: {
        readonly parameters: {
            readonly query?: {
                /** @description Absent: an hour before `to`. */
                readonly from?: string;
                /** @description Absent: now. */
                readonly to?: string;
                /** @description Absent: the smallest that makes at most 120 points. `1m` and `5m` reach back 48 hours; 1,500 points are the most. Days are those of UTC. */
                readonly step?: "1m" | "5m" | "1h" | "1d";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /**
                         * Format: date-time
                         * @description The beginning of the first step.
                         */
                        readonly from: string;
                        /**
                         * Format: date-time
                         * @description The end of the last step.
                         */
                        readonly to: string;
                        readonly step_seconds: number;
                        /** @description Every step, those in which nothing happened included; oldest first. */
                        readonly points: readonly {
                            /**
                             * Format: date-time
                             * @description The beginning of the step.
                             */
                            readonly at: string;
                            /** @description Payments that were made. */
                            readonly created: number;
                            /** @description Payments that came into SUCCESS by an attempt. */
                            readonly succeeded: number;
                            /** @description Attempts that failed. */
                            readonly failed: number;
                            /** @description Payments that came into AUTHORIZED. */
                            readonly authorized: number;
                            /** @description Payments that came into CANCELED. */
                            readonly canceled: number;
                            /** @description Refunds, whole and partial ones. */
                            readonly refunded: number;
                            /** @description Captured in the step per currency, refunds not taken off. */
                            readonly volume: {
                                readonly [key: string]: number;
                            };
                            /** @description Refunded in the step per currency. */
                            readonly refund_volume: {
                                readonly [key: string]: number;
                            };
                            /** @description From creation to the first outcome, within 1 %; null when no payment came to its first outcome. */
                            readonly outcome_ms: {
                                readonly p50: number;
                                readonly p95: number;
                            } | null;
                            /** @description How long deciding about a card took, within 1 %; null when none was decided about. */
                            readonly decision_ms: {
                                readonly p50: number;
                                readonly p95: number;
                            } | null;
                        }[];
                    };
                };
            };
        };
    };
    readonly getRiskScoreHistogram: {
        readonly parameters: {
            readonly query?: {
                /** @description Absent: from the beginning. */
                readonly from?: string;
                /** @description Absent: now. */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /**
                         * Format: date-time
                         * @description The beginning of what was counted; null for the beginning of all.
                         */
                        readonly from: string | null;
                        /**
                         * Format: date-time
                         * @description The end of what was counted.
                         */
                        readonly to: string;
                        /** @description Lowest scores first. */
                        readonly buckets: readonly {
                            /** @description Scores from this one on … */
                            readonly from: number;
                            /** @description … and below this one; the last bucket has the score 1 too. */
                            readonly to: number;
                            readonly count: number;
                        }[];
                        /** @description Card payments that were decided. */
                        readonly total: number;
                    };
                };
            };
        };
    };
    readonly listEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description A cursor: events that came behind it. Absent: from the beginning. */
                readonly after?: string;
                /** @description A cursor: events that came before it. Absent: to the end. */
                readonly before?: string;
                /** @description asc: oldest first; desc: newest first. */
                readonly order?: "asc" | "desc";
                readonly limit?: number;
                /** @description One event type or several, joined by commas. */
                readonly type?: string;
                readonly payment_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            /** @description Send it as `after` to go on from here. */
                            readonly cursor: string;
                            /** @enum {string} */
                            readonly type: "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset";
                            /**
                             * Format: uuid
                             * @description null when it is not about a payment.
                             */
                            readonly payment_id: string | null;
                            readonly payment_sequence: number | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            readonly request_id: string;
                            readonly actor: string;
                            /** @description The command, the rule, the draws. */
                            readonly cause: Record<string, unknown>;
                            /** @description What it is about as it became: the payment, as GET /payments/{payment_id} shows it; the settings. */
                            readonly data: Record<string, unknown>;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly listPaymentEvents: {
        readonly parameters: {
            readonly query?: {
                readonly after?: string;
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path: {
                readonly payment_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            /** @description Send it as `after` to go on from here. */
                            readonly cursor: string;
                            /** @enum {string} */
                            readonly type: "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset";
                            /**
                             * Format: uuid
                             * @description null when it is not about a payment.
                             */
                            readonly payment_id: string | null;
                            readonly payment_sequence: number | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            readonly request_id: string;
                            readonly actor: string;
                            /** @description The command, the rule, the draws. */
                            readonly cause: Record<string, unknown>;
                            /** @description What it is about as it became: the payment, as GET /payments/{payment_id} shows it; the settings. */
                            readonly data: Record<string, unknown>;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly streamEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description A cursor to go on behind; empty: from the beginning of the log; absent: what happens from now on. A Last-Event-ID header counts more. */
                readonly after?: string;
                /** @description Event types, joined by commas; payment.* for all of a kind, * for all. A reset is always sent. */
                readonly type?: string;
                /** @description One payment only, however long ago it was: nothing of it is too old. */
                readonly payment_id?: string;
            };
            readonly header?: {
                /** @description The id of the last event that was seen; an EventSource sends it by itself. */
                readonly "last-event-id"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The feed; it does not end by itself. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/event-stream": string;
                };
            };
        };
    };
    readonly listAccounts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly name: string;
                            readonly currency: string;
                            readonly balance: number;
                            /** @enum {string} */
                            readonly normal_side: "debit" | "credit";
                            readonly meaning: string;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly getTrialBalance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly balanced: boolean;
                        readonly currencies: {
                            readonly [key: string]: {
                                readonly debits: number;
                                readonly credits: number;
                            };
                        };
                        readonly accounts: readonly {
                            readonly name: string;
                            readonly currency: string;
                            readonly balance: number;
                        }[];
                    };
                };
            };
        };
    };
    readonly listLedgerEntries: {
        readonly parameters: {
            readonly query: {
                readonly payment_id: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            /** Format: uuid */
                            readonly payment_id: string;
                            /** @enum {string} */
                            readonly kind: "capture" | "refund";
                            /** @description The attempt that captured, or the id of the refund. */
                            readonly operation: string;
                            readonly debit: string;
                            readonly credit: string;
                            readonly currency: string;
                            readonly amount: number;
                            /** Format: date-time */
                            readonly created_at: string;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly listJobs: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                readonly cursor?: string;
                /** @description One status or several, joined by commas. */
                readonly status?: string;
                /** @description One type or several, joined by commas. */
                readonly type?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            /**
                             * @description seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.
                             * @enum {string}
                             */
                            readonly type: "seed_synthetic_transactions" | "refresh_features" | "retention";
                            /** @description What it was asked with; what was left out is filled in. */
                            readonly params: Record<string, unknown>;
                            /** @enum {string} */
                            readonly status: "queued" | "running" | "succeeded" | "failed" | "canceled";
                            readonly progress: {
                                readonly done: number;
                                /** @description null while nobody knows. */
                                readonly total: number | null;
                            };
                            /** @description Tries since it last got further, the one that goes on included. */
                            readonly attempts: number;
                            /** @description After so many tries without getting further it has failed. */
                            readonly max_attempts: number;
                            /**
                             * Format: date-time
                             * @description When it is begun, at the earliest; null unless it is queued.
                             */
                            readonly next_attempt_at: string | null;
                            /** @description Of the last try, if that failed. */
                            readonly error: string | null;
                            /** @description What it came to; null unless it succeeded. */
                            readonly result: Record<string, unknown> | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly started_at: string | null;
                            /** Format: date-time */
                            readonly finished_at: string | null;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly createJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.
                     * @enum {string}
                     */
                    readonly type: "seed_synthetic_transactions" | "refresh_features" | "retention";
                    /** @description Those of the type; each says which that is. */
                    readonly params?: {
                        /** @description seed_synthetic_transactions, needed: how many payments. */
                        readonly count?: number;
                        /** @description seed_synthetic_transactions: payments that are committed together; 250 when absent. */
                        readonly batch_size?: number;
                        /** @description seed_synthetic_transactions: the same seed and count make the same payments; the id of the job when absent. */
                        readonly seed?: string;
                        /** @description refresh_features: the fingerprint of one card, as its payments have it; null or absent: all cards, devices and addresses. */
                        readonly card_fingerprint?: string | null;
                        /** @description retention: days that attempts of delivered webhooks and finished jobs are kept; 30 when absent. */
                        readonly keep_days?: number;
                    };
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 202: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /**
                         * @description seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.
                         * @enum {string}
                         */
                        readonly type: "seed_synthetic_transactions" | "refresh_features" | "retention";
                        /** @description What it was asked with; what was left out is filled in. */
                        readonly params: Record<string, unknown>;
                        /** @enum {string} */
                        readonly status: "queued" | "running" | "succeeded" | "failed" | "canceled";
                        readonly progress: {
                            readonly done: number;
                            /** @description null while nobody knows. */
                            readonly total: number | null;
                        };
                        /** @description Tries since it last got further, the one that goes on included. */
                        readonly attempts: number;
                        /** @description After so many tries without getting further it has failed. */
                        readonly max_attempts: number;
                        /**
                         * Format: date-time
                         * @description When it is begun, at the earliest; null unless it is queued.
                         */
                        readonly next_attempt_at: string | null;
                        /** @description Of the last try, if that failed. */
                        readonly error: string | null;
                        /** @description What it came to; null unless it succeeded. */
                        readonly result: Record<string, unknown> | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly started_at: string | null;
                        /** Format: date-time */
                        readonly finished_at: string | null;
                    };
                };
            };
        };
    };
    readonly getJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly job_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /**
                         * @description seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.
                         * @enum {string}
                         */
                        readonly type: "seed_synthetic_transactions" | "refresh_features" | "retention";
                        /** @description What it was asked with; what was left out is filled in. */
                        readonly params: Record<string, unknown>;
                        /** @enum {string} */
                        readonly status: "queued" | "running" | "succeeded" | "failed" | "canceled";
                        readonly progress: {
                            readonly done: number;
                            /** @description null while nobody knows. */
                            readonly total: number | null;
                        };
                        /** @description Tries since it last got further, the one that goes on included. */
                        readonly attempts: number;
                        /** @description After so many tries without getting further it has failed. */
                        readonly max_attempts: number;
                        /**
                         * Format: date-time
                         * @description When it is begun, at the earliest; null unless it is queued.
                         */
                        readonly next_attempt_at: string | null;
                        /** @description Of the last try, if that failed. */
                        readonly error: string | null;
                        /** @description What it came to; null unless it succeeded. */
                        readonly result: Record<string, unknown> | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly started_at: string | null;
                        /** Format: date-time */
                        readonly finished_at: string | null;
                    };
                };
            };
        };
    };
    readonly cancelJob: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly job_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        /**
                         * @description seed_synthetic_transactions makes realistic payments; refresh_features makes what is known of cards, devices and addresses anew from the log; retention takes out what is past its keep.
                         * @enum {string}
                         */
                        readonly type: "seed_synthetic_transactions" | "refresh_features" | "retention";
                        /** @description What it was asked with; what was left out is filled in. */
                        readonly params: Record<string, unknown>;
                        /** @enum {string} */
                        readonly status: "queued" | "running" | "succeeded" | "failed" | "canceled";
                        readonly progress: {
                            readonly done: number;
                            /** @description null while nobody knows. */
                            readonly total: number | null;
                        };
                        /** @description Tries since it last got further, the one that goes on included. */
                        readonly attempts: number;
                        /** @description After so many tries without getting further it has failed. */
                        readonly max_attempts: number;
                        /**
                         * Format: date-time
                         * @description When it is begun, at the earliest; null unless it is queued.
                         */
                        readonly next_attempt_at: string | null;
                        /** @description Of the last try, if that failed. */
                        readonly error: string | null;
                        /** @description What it came to; null unless it succeeded. */
                        readonly result: Record<string, unknown> | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly started_at: string | null;
                        /** Format: date-time */
                        readonly finished_at: string | null;
                    };
                };
            };
        };
    };
    readonly getSimulation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Probability that an attempt fails with PROCESSING_ERROR. */
                        readonly failure_rate: number;
                        /** @description Probability that a card payment above high_amount_threshold is declined. */
                        readonly high_amount_decline_rate: number;
                        /** @description Probability that any other card payment is declined. */
                        readonly random_decline_rate: number;
                        /** @description Card payments with this risk score or a higher one are declined. */
                        readonly risk_block_score: number;
                        /** @description Amounts above it fail with FRAUD_SUSPECTED. Major units, others per currency behind it: 10000,JPY:1500000. */
                        readonly fraud_threshold: string;
                        /** @description Card payments above it are declined at high_amount_decline_rate. Major units, others per currency behind it: 10000,JPY:1500000. */
                        readonly high_amount_threshold: string;
                        /** @description Milliseconds. From CREATED to PROCESSING. */
                        readonly processing_start_delay_ms: number;
                        /** @description Milliseconds. From PROCESSING to the outcome. */
                        readonly processing_delay_ms: number;
                        /** @description Milliseconds. The outcome comes within this much of it, either side. */
                        readonly processing_jitter_ms: number;
                        /** @description Whether amounts that end in 05, 51, 54 or 91 minor units fail as documented. */
                        readonly amount_tails: boolean;
                        /**
                         * @description What every attempt that nothing else forces meets: an issuer that is down, or one that does not answer.
                         * @enum {string}
                         */
                        readonly outage: "none" | "unavailable" | "timeout";
                        /** @description Set by the configuration only. */
                        readonly max_retries: number;
                        /** @description The names that change back by themselves. */
                        readonly temporary: readonly string[];
                        /**
                         * Format: date-time
                         * @description When they do; null when none does.
                         */
                        readonly expires_at: string | null;
                    };
                };
            };
        };
    };
    readonly changeSimulation: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description Probability that an attempt fails with PROCESSING_ERROR. */
                    readonly failure_rate?: number;
                    /** @description Probability that a card payment above high_amount_threshold is declined. */
                    readonly high_amount_decline_rate?: number;
                    /** @description Probability that any other card payment is declined. */
                    readonly random_decline_rate?: number;
                    /** @description Card payments with this risk score or a higher one are declined. */
                    readonly risk_block_score?: number;
                    /** @description Milliseconds. From CREATED to PROCESSING. */
                    readonly processing_start_delay_ms?: number;
                    /** @description Milliseconds. From PROCESSING to the outcome. */
                    readonly processing_delay_ms?: number;
                    /** @description Milliseconds. The outcome comes within this much of it, either side. */
                    readonly processing_jitter_ms?: number;
                    /** @description Whether amounts that end in 05, 51, 54 or 91 minor units fail as documented. */
                    readonly amount_tails?: boolean;
                    /**
                     * @description What every attempt that nothing else forces meets: an issuer that is down, or one that does not answer.
                     * @enum {string}
                     */
                    readonly outage?: "none" | "unavailable" | "timeout";
                    /** @description Amounts above it fail with FRAUD_SUSPECTED. Major units, others per currency behind it: 10000,JPY:1500000. */
                    readonly fraud_threshold?: number | string;
                    /** @description Card payments above it are declined at high_amount_decline_rate. Major units, others per currency behind it: 10000,JPY:1500000. */
                    readonly high_amount_threshold?: number | string;
                    /** @description Seconds until everything that was changed for a time is as it was; null or absent: for good. */
                    readonly expires_in?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Probability that an attempt fails with PROCESSING_ERROR. */
                        readonly failure_rate: number;
                        /** @description Probability that a card payment above high_amount_threshold is declined. */
                        readonly high_amount_decline_rate: number;
                        /** @description Probability that any other card payment is declined. */
                        readonly random_decline_rate: number;
                        /** @description Card payments with this risk score or a higher one are declined. */
                        readonly risk_block_score: number;
                        /** @description Amounts above it fail with FRAUD_SUSPECTED. Major units, others per currency behind it: 10000,JPY:1500000. */
                        readonly fraud_threshold: string;
                        /** @description Card payments above it are declined at high_amount_decline_rate. Major units, others per currency behind it: 10000,JPY:1500000. */
                        readonly high_amount_threshold: string;
                        /** @description Milliseconds. From CREATED to PROCESSING. */
                        readonly processing_start_delay_ms: number;
                        /** @description Milliseconds. From PROCESSING to the outcome. */
                        readonly processing_delay_ms: number;
                        /** @description Milliseconds. The outcome comes within this much of it, either side. */
                        readonly processing_jitter_ms: number;
                        /** @description Whether amounts that end in 05, 51, 54 or 91 minor units fail as documented. */
                        readonly amount_tails: boolean;
                        /**
                         * @description What every attempt that nothing else forces meets: an issuer that is down, or one that does not answer.
                         * @enum {string}
                         */
                        readonly outage: "none" | "unavailable" | "timeout";
                        /** @description Set by the configuration only. */
                        readonly max_retries: number;
                        /** @description The names that change back by themselves. */
                        readonly temporary: readonly string[];
                        /**
                         * Format: date-time
                         * @description When they do; null when none does.
                         */
                        readonly expires_at: string | null;
                    };
                };
            };
        };
    };
    readonly getTraffic: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly running: {
                            /** @description Each payment has it in its metadata, as `traffic_run`. */
                            readonly id: string;
                            /** @enum {string|null} */
                            readonly preset: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks" | null;
                            /** @description Payments a second. */
                            readonly rate: number;
                            /** @description How much of each scenario, by weight: 3 and 1 are three quarters and one. */
                            readonly mix: {
                                /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                                readonly shopping?: number;
                                /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                                readonly invoices?: number;
                                /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                                readonly card_testing?: number;
                                /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                                readonly account_takeover?: number;
                                /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                                readonly friendly_fraud?: number;
                            };
                            readonly seed: number;
                            readonly duration_seconds: number;
                            /** @enum {string} */
                            readonly status: "running" | "finished" | "stopped" | "failed";
                            /** Format: date-time */
                            readonly started_at: string;
                            /**
                             * Format: date-time
                             * @description Is to end, or did.
                             */
                            readonly ends_at: string;
                            /** @description Payments of the whole run, if it is not stopped. */
                            readonly planned: number;
                            /** @description Payments asked for. */
                            readonly sent: number;
                            /** @description Payments made, whatever was decided about them. */
                            readonly accepted: number;
                            /** @description Payments that were not made: storage could not write. */
                            readonly refused: number;
                            /** @description Payments that are due and not sent: how far it lags. */
                            readonly behind: number;
                            readonly refunds: number;
                            readonly retries: number;
                            /** @description Payments sent, by what they really are. */
                            readonly by_label: {
                                readonly legitimate: number;
                                readonly card_testing: number;
                                readonly account_takeover: number;
                                readonly friendly_fraud: number;
                            };
                            /** @description What broke, if it failed. */
                            readonly error: string | null;
                        } | null;
                        readonly last: {
                            /** @description Each payment has it in its metadata, as `traffic_run`. */
                            readonly id: string;
                            /** @enum {string|null} */
                            readonly preset: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks" | null;
                            /** @description Payments a second. */
                            readonly rate: number;
                            /** @description How much of each scenario, by weight: 3 and 1 are three quarters and one. */
                            readonly mix: {
                                /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                                readonly shopping?: number;
                                /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                                readonly invoices?: number;
                                /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                                readonly card_testing?: number;
                                /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                                readonly account_takeover?: number;
                                /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                                readonly friendly_fraud?: number;
                            };
                            readonly seed: number;
                            readonly duration_seconds: number;
                            /** @enum {string} */
                            readonly status: "running" | "finished" | "stopped" | "failed";
                            /** Format: date-time */
                            readonly started_at: string;
                            /**
                             * Format: date-time
                             * @description Is to end, or did.
                             */
                            readonly ends_at: string;
                            /** @description Payments of the whole run, if it is not stopped. */
                            readonly planned: number;
                            /** @description Payments asked for. */
                            readonly sent: number;
                            /** @description Payments made, whatever was decided about them. */
                            readonly accepted: number;
                            /** @description Payments that were not made: storage could not write. */
                            readonly refused: number;
                            /** @description Payments that are due and not sent: how far it lags. */
                            readonly behind: number;
                            readonly refunds: number;
                            readonly retries: number;
                            /** @description Payments sent, by what they really are. */
                            readonly by_label: {
                                readonly legitimate: number;
                                readonly card_testing: number;
                                readonly account_takeover: number;
                                readonly friendly_fraud: number;
                            };
                            /** @description What broke, if it failed. */
                            readonly error: string | null;
                        } | null;
                        readonly presets: readonly {
                            /**
                             * @description A run that has a name.
                             * @enum {string}
                             */
                            readonly name: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks";
                            readonly title: string;
                            readonly description: string;
                            readonly rate: number;
                            /** @description How much of each scenario, by weight: 3 and 1 are three quarters and one. */
                            readonly mix: {
                                /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                                readonly shopping?: number;
                                /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                                readonly invoices?: number;
                                /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                                readonly card_testing?: number;
                                /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                                readonly account_takeover?: number;
                                /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                                readonly friendly_fraud?: number;
                            };
                            readonly duration_seconds: number;
                            /** @description Those that its payments have. */
                            readonly labels: readonly ("legitimate" | "card_testing" | "account_takeover" | "friendly_fraud")[];
                        }[];
                        readonly scenarios: readonly {
                            /** @enum {string} */
                            readonly name: "shopping" | "invoices" | "card_testing" | "account_takeover" | "friendly_fraud";
                            readonly title: string;
                            readonly description: string;
                            /** @enum {string} */
                            readonly label: "legitimate" | "card_testing" | "account_takeover" | "friendly_fraud";
                        }[];
                    };
                };
            };
        };
    };
    readonly startTraffic: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Says all that is not said here; absent: quiet_shop.
                     * @enum {string}
                     */
                    readonly preset?: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks";
                    /** @description Payments a second; of black_friday, those of its end. */
                    readonly rate?: number;
                    /** @description In the place of the whole mix. Some weight must be above zero. */
                    readonly mix?: {
                        /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                        readonly shopping?: number;
                        /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                        readonly invoices?: number;
                        /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                        readonly card_testing?: number;
                        /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                        readonly account_takeover?: number;
                        /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                        readonly friendly_fraud?: number;
                    };
                    /** @description The same seed, rate, mix and duration ask for the same payments. Absent: a new one, for the hour that it is. */
                    readonly seed?: number;
                    /** @description Seconds. */
                    readonly duration?: number;
                } | null;
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Each payment has it in its metadata, as `traffic_run`. */
                        readonly id: string;
                        /** @enum {string|null} */
                        readonly preset: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks" | null;
                        /** @description Payments a second. */
                        readonly rate: number;
                        /** @description How much of each scenario, by weight: 3 and 1 are three quarters and one. */
                        readonly mix: {
                            /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                            readonly shopping?: number;
                            /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                            readonly invoices?: number;
                            /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                            readonly card_testing?: number;
                            /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                            readonly account_takeover?: number;
                            /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                            readonly friendly_fraud?: number;
                        };
                        readonly seed: number;
                        readonly duration_seconds: number;
                        /** @enum {string} */
                        readonly status: "running" | "finished" | "stopped" | "failed";
                        /** Format: date-time */
                        readonly started_at: string;
                        /**
                         * Format: date-time
                         * @description Is to end, or did.
                         */
                        readonly ends_at: string;
                        /** @description Payments of the whole run, if it is not stopped. */
                        readonly planned: number;
                        /** @description Payments asked for. */
                        readonly sent: number;
                        /** @description Payments made, whatever was decided about them. */
                        readonly accepted: number;
                        /** @description Payments that were not made: storage could not write. */
                        readonly refused: number;
                        /** @description Payments that are due and not sent: how far it lags. */
                        readonly behind: number;
                        readonly refunds: number;
                        readonly retries: number;
                        /** @description Payments sent, by what they really are. */
                        readonly by_label: {
                            readonly legitimate: number;
                            readonly card_testing: number;
                            readonly account_takeover: number;
                            readonly friendly_fraud: number;
                        };
                        /** @description What broke, if it failed. */
                        readonly error: string | null;
                    };
                };
            };
        };
    };
    readonly stopTraffic: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Each payment has it in its metadata, as `traffic_run`. */
                        readonly id: string;
                        /** @enum {string|null} */
                        readonly preset: "quiet_shop" | "black_friday" | "card_testing" | "account_takeover" | "friendly_fraud" | "issuer_outage" | "slow_webhooks" | null;
                        /** @description Payments a second. */
                        readonly rate: number;
                        /** @description How much of each scenario, by weight: 3 and 1 are three quarters and one. */
                        readonly mix: {
                            /** @description Returning customers with their own cards, devices and addresses, at shops that have their hours and their prices. */
                            readonly shopping?: number;
                            /** @description Payments from accounts to people and small firms; most that fail and may be tried again are. */
                            readonly invoices?: number;
                            /** @description Bursts of small amounts on many stolen card numbers from one device and one address; most numbers are dead. */
                            readonly card_testing?: number;
                            /** @description A known customer's card on a new device at a new address: large amounts in quick succession. */
                            readonly account_takeover?: number;
                            /** @description Ordinary payments from the usual device, claimed back a little later: a refund with a reason. */
                            readonly friendly_fraud?: number;
                        };
                        readonly seed: number;
                        readonly duration_seconds: number;
                        /** @enum {string} */
                        readonly status: "running" | "finished" | "stopped" | "failed";
                        /** Format: date-time */
                        readonly started_at: string;
                        /**
                         * Format: date-time
                         * @description Is to end, or did.
                         */
                        readonly ends_at: string;
                        /** @description Payments of the whole run, if it is not stopped. */
                        readonly planned: number;
                        /** @description Payments asked for. */
                        readonly sent: number;
                        /** @description Payments made, whatever was decided about them. */
                        readonly accepted: number;
                        /** @description Payments that were not made: storage could not write. */
                        readonly refused: number;
                        /** @description Payments that are due and not sent: how far it lags. */
                        readonly behind: number;
                        readonly refunds: number;
                        readonly retries: number;
                        /** @description Payments sent, by what they really are. */
                        readonly by_label: {
                            readonly legitimate: number;
                            readonly card_testing: number;
                            readonly account_takeover: number;
                            readonly friendly_fraud: number;
                        };
                        /** @description What broke, if it failed. */
                        readonly error: string | null;
                    };
                };
            };
        };
    };
    readonly getRules: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly lists: {
                            readonly block: {
                                readonly merchants: readonly string[];
                                readonly bins: readonly string[];
                                readonly fingerprints: readonly string[];
                                readonly devices: readonly string[];
                                readonly ips: readonly string[];
                                readonly countries: readonly string[];
                            };
                            readonly allow: {
                                readonly merchants: readonly string[];
                                readonly bins: readonly string[];
                                readonly fingerprints: readonly string[];
                                readonly devices: readonly string[];
                                readonly ips: readonly string[];
                                readonly countries: readonly string[];
                            };
                        };
                        /** @description Asked of every payment, before any outcome that the request asked for. */
                        readonly invalid: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                        /** @description Asked of payments without a card. */
                        readonly account: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                        /** @description Asked of payments by card. */
                        readonly card: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                    };
                };
            };
        };
    };
    readonly putRules: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly lists?: {
                        readonly block?: {
                            readonly merchants?: readonly string[];
                            readonly bins?: readonly string[];
                            readonly fingerprints?: readonly string[];
                            readonly devices?: readonly string[];
                            readonly ips?: readonly string[];
                            readonly countries?: readonly string[];
                        };
                        readonly allow?: {
                            readonly merchants?: readonly string[];
                            readonly bins?: readonly string[];
                            readonly fingerprints?: readonly string[];
                            readonly devices?: readonly string[];
                            readonly ips?: readonly string[];
                            readonly countries?: readonly string[];
                        };
                    };
                    /** @description Asked of every payment, before any outcome that the request asked for. */
                    readonly invalid: readonly {
                        /** @description snake_case, unique in its pipeline. */
                        readonly name: string;
                        /** @description For people. */
                        readonly description?: string;
                        /** @description An expression over the facts of docs/rules.md; absent: always. */
                        readonly when?: string;
                        /**
                         * @description The reason to fail with. Exactly one of decline, approve and review.
                         * @enum {string}
                         */
                        readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        /**
                         * @description No later rule is asked.
                         * @enum {boolean}
                         */
                        readonly approve?: true;
                        /**
                         * @description Flagged; the next rule is asked.
                         * @enum {boolean}
                         */
                        readonly review?: true;
                        /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                        readonly probability?: number | string;
                        /** @description With decline: said instead of the reason's own sentence. */
                        readonly message?: string;
                        /** @description Asked and recorded, but not applied. */
                        readonly shadow?: boolean;
                    }[];
                    /** @description Asked of payments without a card. */
                    readonly account: readonly {
                        /** @description snake_case, unique in its pipeline. */
                        readonly name: string;
                        /** @description For people. */
                        readonly description?: string;
                        /** @description An expression over the facts of docs/rules.md; absent: always. */
                        readonly when?: string;
                        /**
                         * @description The reason to fail with. Exactly one of decline, approve and review.
                         * @enum {string}
                         */
                        readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        /**
                         * @description No later rule is asked.
                         * @enum {boolean}
                         */
                        readonly approve?: true;
                        /**
                         * @description Flagged; the next rule is asked.
                         * @enum {boolean}
                         */
                        readonly review?: true;
                        /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                        readonly probability?: number | string;
                        /** @description With decline: said instead of the reason's own sentence. */
                        readonly message?: string;
                        /** @description Asked and recorded, but not applied. */
                        readonly shadow?: boolean;
                    }[];
                    /** @description Asked of payments by card. */
                    readonly card: readonly {
                        /** @description snake_case, unique in its pipeline. */
                        readonly name: string;
                        /** @description For people. */
                        readonly description?: string;
                        /** @description An expression over the facts of docs/rules.md; absent: always. */
                        readonly when?: string;
                        /**
                         * @description The reason to fail with. Exactly one of decline, approve and review.
                         * @enum {string}
                         */
                        readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        /**
                         * @description No later rule is asked.
                         * @enum {boolean}
                         */
                        readonly approve?: true;
                        /**
                         * @description Flagged; the next rule is asked.
                         * @enum {boolean}
                         */
                        readonly review?: true;
                        /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                        readonly probability?: number | string;
                        /** @description With decline: said instead of the reason's own sentence. */
                        readonly message?: string;
                        /** @description Asked and recorded, but not applied. */
                        readonly shadow?: boolean;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly lists: {
                            readonly block: {
                                readonly merchants: readonly string[];
                                readonly bins: readonly string[];
                                readonly fingerprints: readonly string[];
                                readonly devices: readonly string[];
                                readonly ips: readonly string[];
                                readonly countries: readonly string[];
                            };
                            readonly allow: {
                                readonly merchants: readonly string[];
                                readonly bins: readonly string[];
                                readonly fingerprints: readonly string[];
                                readonly devices: readonly string[];
                                readonly ips: readonly string[];
                                readonly countries: readonly string[];
                            };
                        };
                        /** @description Asked of every payment, before any outcome that the request asked for. */
                        readonly invalid: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                        /** @description Asked of payments without a card. */
                        readonly account: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                        /** @description Asked of payments by card. */
                        readonly card: readonly {
                            /** @description snake_case, unique in its pipeline. */
                            readonly name: string;
                            /** @description For people. */
                            readonly description?: string;
                            /** @description An expression over the facts of docs/rules.md; absent: always. */
                            readonly when?: string;
                            /**
                             * @description The reason to fail with. Exactly one of decline, approve and review.
                             * @enum {string}
                             */
                            readonly decline?: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /**
                             * @description No later rule is asked.
                             * @enum {boolean}
                             */
                            readonly approve?: true;
                            /**
                             * @description Flagged; the next rule is asked.
                             * @enum {boolean}
                             */
                            readonly review?: true;
                            /** @description With decline: from 0 to 1, or the name of a rate; absent: certain. */
                            readonly probability?: number | string;
                            /** @description With decline: said instead of the reason's own sentence. */
                            readonly message?: string;
                            /** @description Asked and recorded, but not applied. */
                            readonly shadow?: boolean;
                        }[];
                    };
                };
            };
        };
    };
    readonly listTestCards: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly cards: readonly {
                            /** @description All its digits. */
                            readonly number: string;
                            readonly brand: string;
                            /** @description Of the scenario, in snake_case. */
                            readonly name: string;
                            readonly title: string;
                            /** @description APPROVE, or the failure reason of every attempt. */
                            readonly outcome: string;
                            /**
                             * @description What comes after the authorization; null for nothing.
                             * @enum {string|null}
                             */
                            readonly story: "dispute" | "refund_pending" | "refund_fails" | null;
                            readonly description: string;
                        }[];
                        /** @description They count while `amount_tails` of GET /simulation is true. */
                        readonly amount_tails: readonly {
                            /** @description Minor units modulo 100, two digits. */
                            readonly tail: string;
                            /** @enum {string} */
                            readonly outcome: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                        }[];
                        readonly reasons: readonly {
                            /** @enum {string} */
                            readonly reason: "INVALID_AMOUNT" | "INVALID_REQUEST" | "FRAUD_SUSPECTED" | "PROCESSING_ERROR" | "CARD_DECLINED" | "INSUFFICIENT_FUNDS" | "LOST_CARD" | "STOLEN_CARD" | "EXPIRED_CARD" | "INCORRECT_CVC" | "CARD_VELOCITY_EXCEEDED" | "DO_NOT_HONOR" | "ISSUER_UNAVAILABLE" | "ISSUER_TIMEOUT" | "HIGH_AMOUNT" | "RISK_BLOCKED" | "RULE_BLOCKED";
                            /** @description ISO 8583 field 39. */
                            readonly code: string;
                            readonly message: string;
                            /** @enum {string} */
                            readonly retry: "never" | "later" | "other_card";
                        }[];
                    };
                };
            };
        };
    };
    readonly listWebhookEndpoints: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            readonly url: string;
                            readonly events: readonly string[];
                            readonly description: string | null;
                            /**
                             * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                             * @enum {string}
                             */
                            readonly payload: "envelope" | "payment";
                            /**
                             * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                             * @enum {string}
                             */
                            readonly ordering: "none" | "strict";
                            /** @description false: deliveries are made and wait. */
                            readonly enabled: boolean;
                            /**
                             * @description gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.
                             * @enum {string|null}
                             */
                            readonly disabled_reason: "gone" | "unset" | null;
                            /** @description What goes wrong on purpose; what is absent does not happen. */
                            readonly faults: {
                                /** @description The attempt is not sent; the schedule goes on. */
                                readonly drop?: {
                                    /** @description Probability that it happens to an attempt; absent: 0. */
                                    readonly rate?: number;
                                    /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                    readonly next?: number;
                                } | null;
                                /** @description It is sent delay_ms later. */
                                readonly delay?: {
                                    /** @description Probability that it happens to an attempt; absent: 0. */
                                    readonly rate?: number;
                                    /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                    readonly next?: number;
                                    /** @description Milliseconds; absent: 2000. */
                                    readonly delay_ms?: number;
                                } | null;
                                /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                                readonly reorder?: {
                                    /** @description Probability that it happens to an attempt; absent: 0. */
                                    readonly rate?: number;
                                    /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                    readonly next?: number;
                                    /** @description Milliseconds; absent: 2000. */
                                    readonly delay_ms?: number;
                                } | null;
                                /** @description It is sent twice. */
                                readonly duplicate?: {
                                    /** @description Probability that it happens to an attempt; absent: 0. */
                                    readonly rate?: number;
                                    /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                    readonly next?: number;
                                } | null;
                                /** @description The signature is that of another body. */
                                readonly corrupt_signature?: {
                                    /** @description Probability that it happens to an attempt; absent: 0. */
                                    readonly rate?: number;
                                    /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                    readonly next?: number;
                                } | null;
                            };
                            /** @description WEBHOOK_URL names it. */
                            readonly from_environment: boolean;
                            /**
                             * Format: date-time
                             * @description Until then the secret before the last rotation signs too; null when none does.
                             */
                            readonly previous_secret_expires_at: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** Format: date-time */
                            readonly updated_at: string;
                            /** @description How many there are of each status. */
                            readonly deliveries: {
                                readonly pending: number;
                                readonly delivered: number;
                                readonly failing: number;
                                readonly dead: number;
                            };
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly createWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description An http or https address, or /sinks/{name} for a receiver of our own. */
                    readonly url: string;
                    /** @description Event types, `payment.*` for all of a kind, `*` for all. */
                    readonly events?: readonly ("*" | "payment.*" | "simulation.*" | "rules.*" | "data.*" | "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset")[];
                    /** @description Free text of your own. */
                    readonly description?: string | null;
                    /**
                     * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                     * @enum {string}
                     */
                    readonly payload?: "envelope" | "payment";
                    /**
                     * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                     * @enum {string}
                     */
                    readonly ordering?: "none" | "strict";
                    /** @description false: deliveries are made and wait. */
                    readonly enabled?: boolean;
                    /** @description What goes wrong on purpose; what is absent does not happen. */
                    readonly faults?: {
                        /** @description The attempt is not sent; the schedule goes on. */
                        readonly drop?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                        /** @description It is sent delay_ms later. */
                        readonly delay?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                            /** @description Milliseconds; absent: 2000. */
                            readonly delay_ms?: number;
                        } | null;
                        /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                        readonly reorder?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                            /** @description Milliseconds; absent: 2000. */
                            readonly delay_ms?: number;
                        } | null;
                        /** @description It is sent twice. */
                        readonly duplicate?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                        /** @description The signature is that of another body. */
                        readonly corrupt_signature?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 201: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        readonly events: readonly string[];
                        readonly description: string | null;
                        /**
                         * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                         * @enum {string}
                         */
                        readonly payload: "envelope" | "payment";
                        /**
                         * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                         * @enum {string}
                         */
                        readonly ordering: "none" | "strict";
                        /** @description false: deliveries are made and wait. */
                        readonly enabled: boolean;
                        /**
                         * @description gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.
                         * @enum {string|null}
                         */
                        readonly disabled_reason: "gone" | "unset" | null;
                        /** @description What goes wrong on purpose; what is absent does not happen. */
                        readonly faults: {
                            /** @description The attempt is not sent; the schedule goes on. */
                            readonly drop?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description It is sent delay_ms later. */
                            readonly delay?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                            readonly reorder?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is sent twice. */
                            readonly duplicate?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description The signature is that of another body. */
                            readonly corrupt_signature?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                        };
                        /** @description WEBHOOK_URL names it. */
                        readonly from_environment: boolean;
                        /**
                         * Format: date-time
                         * @description Until then the secret before the last rotation signs too; null when none does.
                         */
                        readonly previous_secret_expires_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description How many there are of each status. */
                        readonly deliveries: {
                            readonly pending: number;
                            readonly delivered: number;
                            readonly failing: number;
                            readonly dead: number;
                        };
                        /** @description `whsec_` and base64. No later answer contains it: keep it now. */
                        readonly secret: string;
                    };
                };
            };
        };
    };
    readonly getWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        readonly events: readonly string[];
                        readonly description: string | null;
                        /**
                         * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                         * @enum {string}
                         */
                        readonly payload: "envelope" | "payment";
                        /**
                         * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                         * @enum {string}
                         */
                        readonly ordering: "none" | "strict";
                        /** @description false: deliveries are made and wait. */
                        readonly enabled: boolean;
                        /**
                         * @description gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.
                         * @enum {string|null}
                         */
                        readonly disabled_reason: "gone" | "unset" | null;
                        /** @description What goes wrong on purpose; what is absent does not happen. */
                        readonly faults: {
                            /** @description The attempt is not sent; the schedule goes on. */
                            readonly drop?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description It is sent delay_ms later. */
                            readonly delay?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                            readonly reorder?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is sent twice. */
                            readonly duplicate?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description The signature is that of another body. */
                            readonly corrupt_signature?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                        };
                        /** @description WEBHOOK_URL names it. */
                        readonly from_environment: boolean;
                        /**
                         * Format: date-time
                         * @description Until then the secret before the last rotation signs too; null when none does.
                         */
                        readonly previous_secret_expires_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description How many there are of each status. */
                        readonly deliveries: {
                            readonly pending: number;
                            readonly delivered: number;
                            readonly failing: number;
                            readonly dead: number;
                        };
                    };
                };
            };
        };
    };
    readonly deleteWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is gone. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly changeWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        /** @description What is absent stays. null clears the description, one fault, or (`"faults": null`) all of them. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description An http or https address, or /sinks/{name} for a receiver of our own. */
                    readonly url?: string;
                    /** @description Event types, `payment.*` for all of a kind, `*` for all. */
                    readonly events?: readonly ("*" | "payment.*" | "simulation.*" | "rules.*" | "data.*" | "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset")[];
                    /** @description Free text of your own. */
                    readonly description?: string | null;
                    /**
                     * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                     * @enum {string}
                     */
                    readonly payload?: "envelope" | "payment";
                    /**
                     * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                     * @enum {string}
                     */
                    readonly ordering?: "none" | "strict";
                    /** @description false: deliveries are made and wait. */
                    readonly enabled?: boolean;
                    /** @description What goes wrong on purpose; what is absent does not happen. */
                    readonly faults?: {
                        /** @description The attempt is not sent; the schedule goes on. */
                        readonly drop?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                        /** @description It is sent delay_ms later. */
                        readonly delay?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                            /** @description Milliseconds; absent: 2000. */
                            readonly delay_ms?: number;
                        } | null;
                        /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                        readonly reorder?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                            /** @description Milliseconds; absent: 2000. */
                            readonly delay_ms?: number;
                        } | null;
                        /** @description It is sent twice. */
                        readonly duplicate?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                        /** @description The signature is that of another body. */
                        readonly corrupt_signature?: {
                            /** @description Probability that it happens to an attempt; absent: 0. */
                            readonly rate?: number;
                            /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                            readonly next?: number;
                        } | null;
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        readonly events: readonly string[];
                        readonly description: string | null;
                        /**
                         * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                         * @enum {string}
                         */
                        readonly payload: "envelope" | "payment";
                        /**
                         * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                         * @enum {string}
                         */
                        readonly ordering: "none" | "strict";
                        /** @description false: deliveries are made and wait. */
                        readonly enabled: boolean;
                        /**
                         * @description gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.
                         * @enum {string|null}
                         */
                        readonly disabled_reason: "gone" | "unset" | null;
                        /** @description What goes wrong on purpose; what is absent does not happen. */
                        readonly faults: {
                            /** @description The attempt is not sent; the schedule goes on. */
                            readonly drop?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description It is sent delay_ms later. */
                            readonly delay?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                            readonly reorder?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is sent twice. */
                            readonly duplicate?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description The signature is that of another body. */
                            readonly corrupt_signature?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                        };
                        /** @description WEBHOOK_URL names it. */
                        readonly from_environment: boolean;
                        /**
                         * Format: date-time
                         * @description Until then the secret before the last rotation signs too; null when none does.
                         */
                        readonly previous_secret_expires_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description How many there are of each status. */
                        readonly deliveries: {
                            readonly pending: number;
                            readonly delivered: number;
                            readonly failing: number;
                            readonly dead: number;
                        };
                    };
                };
            };
        };
    };
    readonly getWebhookEndpointHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly endpoint_id: string;
                        /** @description Its last 100 deliveries, newest first. */
                        readonly deliveries: readonly {
                            readonly id: string;
                            /** @enum {string} */
                            readonly status: "pending" | "delivered" | "failing" | "dead";
                        }[];
                        /** @description How long the last attempt at each of them took, in milliseconds; without those that were dropped on purpose. null when there was none. */
                        readonly attempt_ms: {
                            readonly p50: number;
                            readonly p95: number;
                        } | null;
                    };
                };
            };
        };
    };
    readonly rotateWebhookSecret: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly url: string;
                        readonly events: readonly string[];
                        readonly description: string | null;
                        /**
                         * @description envelope: {type, timestamp, data} (Standard Webhooks); payment: the data alone.
                         * @enum {string}
                         */
                        readonly payload: "envelope" | "payment";
                        /**
                         * @description none: each event follows its own schedule; strict: a payment's next event waits for the one before.
                         * @enum {string}
                         */
                        readonly ordering: "none" | "strict";
                        /** @description false: deliveries are made and wait. */
                        readonly enabled: boolean;
                        /**
                         * @description gone: it answered 410; unset: WEBHOOK_URL named it and does no more; null when enabled or paused by hand.
                         * @enum {string|null}
                         */
                        readonly disabled_reason: "gone" | "unset" | null;
                        /** @description What goes wrong on purpose; what is absent does not happen. */
                        readonly faults: {
                            /** @description The attempt is not sent; the schedule goes on. */
                            readonly drop?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description It is sent delay_ms later. */
                            readonly delay?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is held back for delay_ms while later events pass it, on strict endpoints too. */
                            readonly reorder?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                                /** @description Milliseconds; absent: 2000. */
                                readonly delay_ms?: number;
                            } | null;
                            /** @description It is sent twice. */
                            readonly duplicate?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                            /** @description The signature is that of another body. */
                            readonly corrupt_signature?: {
                                /** @description Probability that it happens to an attempt; absent: 0. */
                                readonly rate?: number;
                                /** @description It happens to so many attempts first, whatever the rate; absent: 0. */
                                readonly next?: number;
                            } | null;
                        };
                        /** @description WEBHOOK_URL names it. */
                        readonly from_environment: boolean;
                        /**
                         * Format: date-time
                         * @description Until then the secret before the last rotation signs too; null when none does.
                         */
                        readonly previous_secret_expires_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** Format: date-time */
                        readonly updated_at: string;
                        /** @description How many there are of each status. */
                        readonly deliveries: {
                            readonly pending: number;
                            readonly delivered: number;
                            readonly failing: number;
                            readonly dead: number;
                        };
                        /** @description `whsec_` and base64. No later answer contains it: keep it now. */
                        readonly secret: string;
                    };
                };
            };
        };
    };
    readonly testWebhookEndpoint: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly endpoint_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /**
                     * @description Absent: payment.succeeded.
                     * @enum {string}
                     */
                    readonly type?: "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset";
                } | null;
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly endpoint_id: string;
                        /** @description What the header webhook-id says, on every attempt. */
                        readonly event_id: string;
                        readonly event_type: string;
                        /** Format: uuid */
                        readonly payment_id: string | null;
                        /** @enum {string} */
                        readonly status: "pending" | "delivered" | "failing" | "dead";
                        /**
                         * Format: date-time
                         * @description null when it is done, or waits for the event before it.
                         */
                        readonly next_attempt_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description Attempts that were made, duplicates included. */
                        readonly attempt_count: number;
                        /** @description Made by POST …/test: it stands for no event of the log. */
                        readonly test: boolean;
                        /** @description The bytes that every attempt sends, by the endpoint's payload as it is set now; null when the event is gone. */
                        readonly request_body: string | null;
                        readonly attempts: readonly {
                            /** Format: date-time */
                            readonly at: string;
                            readonly duration_ms: number;
                            /** @description null when no answer came. */
                            readonly status_code: number | null;
                            /** @description What went wrong; null for a 2xx. */
                            readonly error: string | null;
                            /** @description What Retry-After asked for; null when it did not. */
                            readonly retry_after_ms: number | null;
                            readonly request: {
                                readonly url: string;
                                readonly headers: {
                                    readonly [key: string]: string;
                                };
                            };
                            readonly response_headers: {
                                readonly [key: string]: string;
                            } | null;
                            /** @description At most 64 KiB of it. */
                            readonly response_body: string | null;
                            readonly response_truncated: boolean;
                            /** @description The faults that were made on purpose; empty when none was. */
                            readonly deliberate: readonly ("drop" | "delay" | "reorder" | "duplicate" | "corrupt_signature")[];
                        }[];
                    };
                };
            };
        };
    };
    readonly listWebhookDeliveries: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                readonly cursor?: string;
                readonly endpoint_id?: string;
                /** @description One status or several, joined by commas. */
                readonly status?: string;
                readonly event_id?: string;
                readonly payment_id?: string;
                /** @description Event types or patterns such as payment.*, joined by commas. */
                readonly event_type?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            readonly endpoint_id: string;
                            /** @description What the header webhook-id says, on every attempt. */
                            readonly event_id: string;
                            readonly event_type: string;
                            /** Format: uuid */
                            readonly payment_id: string | null;
                            /** @enum {string} */
                            readonly status: "pending" | "delivered" | "failing" | "dead";
                            /**
                             * Format: date-time
                             * @description null when it is done, or waits for the event before it.
                             */
                            readonly next_attempt_at: string | null;
                            /** Format: date-time */
                            readonly created_at: string;
                            /** @description Attempts that were made, duplicates included. */
                            readonly attempt_count: number;
                            /** @description Made by POST …/test: it stands for no event of the log. */
                            readonly test: boolean;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly getWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly delivery_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly endpoint_id: string;
                        /** @description What the header webhook-id says, on every attempt. */
                        readonly event_id: string;
                        readonly event_type: string;
                        /** Format: uuid */
                        readonly payment_id: string | null;
                        /** @enum {string} */
                        readonly status: "pending" | "delivered" | "failing" | "dead";
                        /**
                         * Format: date-time
                         * @description null when it is done, or waits for the event before it.
                         */
                        readonly next_attempt_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description Attempts that were made, duplicates included. */
                        readonly attempt_count: number;
                        /** @description Made by POST …/test: it stands for no event of the log. */
                        readonly test: boolean;
                        /** @description The bytes that every attempt sends, by the endpoint's payload as it is set now; null when the event is gone. */
                        readonly request_body: string | null;
                        readonly attempts: readonly {
                            /** Format: date-time */
                            readonly at: string;
                            readonly duration_ms: number;
                            /** @description null when no answer came. */
                            readonly status_code: number | null;
                            /** @description What went wrong; null for a 2xx. */
                            readonly error: string | null;
                            /** @description What Retry-After asked for; null when it did not. */
                            readonly retry_after_ms: number | null;
                            readonly request: {
                                readonly url: string;
                                readonly headers: {
                                    readonly [key: string]: string;
                                };
                            };
                            readonly response_headers: {
                                readonly [key: string]: string;
                            } | null;
                            /** @description At most 64 KiB of it. */
                            readonly response_body: string | null;
                            readonly response_truncated: boolean;
                            /** @description The faults that were made on purpose; empty when none was. */
                            readonly deliberate: readonly ("drop" | "delay" | "reorder" | "duplicate" | "corrupt_signature")[];
                        }[];
                    };
                };
            };
        };
    };
    readonly resendWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly delivery_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                        readonly endpoint_id: string;
                        /** @description What the header webhook-id says, on every attempt. */
                        readonly event_id: string;
                        readonly event_type: string;
                        /** Format: uuid */
                        readonly payment_id: string | null;
                        /** @enum {string} */
                        readonly status: "pending" | "delivered" | "failing" | "dead";
                        /**
                         * Format: date-time
                         * @description null when it is done, or waits for the event before it.
                         */
                        readonly next_attempt_at: string | null;
                        /** Format: date-time */
                        readonly created_at: string;
                        /** @description Attempts that were made, duplicates included. */
                        readonly attempt_count: number;
                        /** @description Made by POST …/test: it stands for no event of the log. */
                        readonly test: boolean;
                        /** @description The bytes that every attempt sends, by the endpoint's payload as it is set now; null when the event is gone. */
                        readonly request_body: string | null;
                        readonly attempts: readonly {
                            /** Format: date-time */
                            readonly at: string;
                            readonly duration_ms: number;
                            /** @description null when no answer came. */
                            readonly status_code: number | null;
                            /** @description What went wrong; null for a 2xx. */
                            readonly error: string | null;
                            /** @description What Retry-After asked for; null when it did not. */
                            readonly retry_after_ms: number | null;
                            readonly request: {
                                readonly url: string;
                                readonly headers: {
                                    readonly [key: string]: string;
                                };
                            };
                            readonly response_headers: {
                                readonly [key: string]: string;
                            } | null;
                            /** @description At most 64 KiB of it. */
                            readonly response_body: string | null;
                            readonly response_truncated: boolean;
                            /** @description The faults that were made on purpose; empty when none was. */
                            readonly deliberate: readonly ("drop" | "delay" | "reorder" | "duplicate" | "corrupt_signature")[];
                        }[];
                    };
                };
            };
        };
    };
    readonly replayWebhookDeliveries: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    readonly endpoint_id: string;
                    /**
                     * Format: date-time
                     * @description Events from this time on.
                     */
                    readonly from?: string | null;
                    /**
                     * Format: date-time
                     * @description Events before this time.
                     */
                    readonly to?: string | null;
                    /** @description A cursor of the event log: events behind it. */
                    readonly after?: string | null;
                    /** @description Event types, `payment.*` for all of a kind, `*` for all. */
                    readonly event_types?: readonly ("*" | "payment.*" | "simulation.*" | "rules.*" | "data.*" | "payment.created" | "payment.processing" | "payment.succeeded" | "payment.failed" | "payment.retried" | "payment.partially_refunded" | "payment.refunded" | "simulation.changed" | "rules.changed" | "data.reset")[];
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Deliveries that are due again, or for the first time. */
                        readonly replayed: number;
                        readonly has_more: boolean;
                        /** @description Send the same request with it as `after` to go on; null at the end. */
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly listSinks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly name: string;
                            /** @description What it answers with. */
                            readonly status: number;
                            /** @description Milliseconds until it answers. */
                            readonly delay_ms: number;
                            /** @description It never answers; the connection ends after 30 s. */
                            readonly hang: boolean;
                            /** @description For how many messages this still holds; null: until it is changed. */
                            readonly next: number | null;
                            /** @description Kept ones, at most 500. */
                            readonly messages: number;
                            /** Format: date-time */
                            readonly last_received_at: string | null;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly listSinkMessages: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                readonly cursor?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly id: string;
                            /** Format: date-time */
                            readonly received_at: string;
                            readonly method: string;
                            /** @description Names in lower case; credentials are masked. */
                            readonly headers: {
                                readonly [key: string]: string;
                            };
                            /** @description Card numbers are masked. At most 64 KiB of it. */
                            readonly body: string;
                            /**
                             * @description base64 when the body is not UTF-8.
                             * @enum {string}
                             */
                            readonly body_encoding: "utf8" | "base64";
                            readonly body_truncated: boolean;
                            /** @description What its signature is worth, by the secrets of the endpoints that send here. */
                            readonly verdict: {
                                readonly valid: boolean;
                                readonly reason: string;
                            };
                            /** @description The first kept message with the same webhook-id; null when this is the first. */
                            readonly duplicate_of: string | null;
                            /** @description The status that it was answered with; null when it was left hanging. */
                            readonly answered: number | null;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                        readonly sink: {
                            readonly name: string;
                            /** @description What it answers with. */
                            readonly status: number;
                            /** @description Milliseconds until it answers. */
                            readonly delay_ms: number;
                            /** @description It never answers; the connection ends after 30 s. */
                            readonly hang: boolean;
                            /** @description For how many messages this still holds; null: until it is changed. */
                            readonly next: number | null;
                            /** @description Kept ones, at most 500. */
                            readonly messages: number;
                            /** Format: date-time */
                            readonly last_received_at: string | null;
                        };
                    };
                };
            };
        };
    };
    readonly receiveAtSink: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly id: string;
                    };
                };
            };
        };
    };
    readonly clearSink: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It is empty. */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly changeSink: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @description What it answers with. */
                    readonly status?: number;
                    /** @description Milliseconds until it answers. */
                    readonly delay_ms?: number;
                    /** @description It never answers; the connection ends after 30 s. */
                    readonly hang?: boolean;
                    /** @description For so many messages, then 200 at once as in the beginning; null or absent: until it is changed. */
                    readonly next?: number | null;
                };
            };
        };
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly name: string;
                        /** @description What it answers with. */
                        readonly status: number;
                        /** @description Milliseconds until it answers. */
                        readonly delay_ms: number;
                        /** @description It never answers; the connection ends after 30 s. */
                        readonly hang: boolean;
                        /** @description For how many messages this still holds; null: until it is changed. */
                        readonly next: number | null;
                        /** @description Kept ones, at most 500. */
                        readonly messages: number;
                        /** Format: date-time */
                        readonly last_received_at: string | null;
                    };
                };
            };
        };
    };
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly status: string;
                    };
                };
            };
        };
    };
    readonly getLiveness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly status: string;
                    };
                };
            };
        };
    };
    readonly getReadiness: {
        readonly parameters: {
            readonly query?: {
                /** @description Seconds to wait until it is. */
                readonly wait?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly status: "ready" | "not_ready";
                        readonly reason: string | null;
                        /** @description How what it would rather not be without is: "ok", or what is wrong and what is used in its place. "redis" is there when REDIS_URL is set. */
                        readonly checks: {
                            readonly [key: string]: string;
                        };
                    };
                };
            };
        };
    };
    readonly listErrors: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly code: string;
                            readonly status: number;
                            readonly title: string;
                            readonly help: string;
                            /** @description The same request may succeed when it is sent again. */
                            readonly retryable: boolean;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly getError: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly code: string;
                        readonly status: number;
                        readonly title: string;
                        readonly help: string;
                        /** @description The same request may succeed when it is sent again. */
                        readonly retryable: boolean;
                    };
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Prometheus text format */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly listRequests: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: number;
                readonly cursor?: string;
                /** @description Any case. */
                readonly method?: string;
                /** @description One status, or a class of them: 2xx, 4xx, 5xx; none: nothing was sent. */
                readonly status?: string;
                /** @description A part of the path or of the query as they are shown, any case. */
                readonly path?: string;
                readonly request_id?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            /** @description Of this entry of the log: a request id may come twice. */
                            readonly id: string;
                            readonly request_id: string;
                            /**
                             * Format: date-time
                             * @description When it came.
                             */
                            readonly at: string;
                            /** @description `-` for what was no HTTP. */
                            readonly method: string;
                            /** @description As asked, redacted; very long ones are cut. */
                            readonly path: string;
                            /** @description Behind the ?, redacted; null without one. */
                            readonly query: string | null;
                            /** @description The pattern that matched; `unmatched` when none did. */
                            readonly route: string;
                            /** @description null when nothing was sent: the answer was lost on purpose, or the client had gone. */
                            readonly status: number | null;
                            /** @description Until it was answered; of a live feed until it began. */
                            readonly duration_ms: number;
                            /** @description The name of the API key, or anonymous; null when it was refused before that. */
                            readonly actor: string | null;
                            /** @description null without an Idempotency-Key. The verdict: new (nothing was kept under it), replayed, mismatch (kept for another request: 422), waiting (the first request was still being answered: 409), unused (it was not looked at). */
                            readonly idempotency: {
                                readonly key_present: boolean;
                                /** @enum {string} */
                                readonly verdict: "new" | "replayed" | "mismatch" | "waiting" | "unused";
                            } | null;
                            /** Format: uuid */
                            readonly payment_id: string | null;
                            /** @description Of a problem: see GET /errors. */
                            readonly error_code: string | null;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly getRequest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly request_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        /** @description Of this entry of the log: a request id may come twice. */
                        readonly id: string;
                        readonly request_id: string;
                        /**
                         * Format: date-time
                         * @description When it came.
                         */
                        readonly at: string;
                        /** @description `-` for what was no HTTP. */
                        readonly method: string;
                        /** @description As asked, redacted; very long ones are cut. */
                        readonly path: string;
                        /** @description Behind the ?, redacted; null without one. */
                        readonly query: string | null;
                        /** @description The pattern that matched; `unmatched` when none did. */
                        readonly route: string;
                        /** @description null when nothing was sent: the answer was lost on purpose, or the client had gone. */
                        readonly status: number | null;
                        /** @description Until it was answered; of a live feed until it began. */
                        readonly duration_ms: number;
                        /** @description The name of the API key, or anonymous; null when it was refused before that. */
                        readonly actor: string | null;
                        /** @description null without an Idempotency-Key. The verdict: new (nothing was kept under it), replayed, mismatch (kept for another request: 422), waiting (the first request was still being answered: 409), unused (it was not looked at). */
                        readonly idempotency: {
                            readonly key_present: boolean;
                            /** @enum {string} */
                            readonly verdict: "new" | "replayed" | "mismatch" | "waiting" | "unused";
                        } | null;
                        /** Format: uuid */
                        readonly payment_id: string | null;
                        /** @description Of a problem: see GET /errors. */
                        readonly error_code: string | null;
                        readonly request_headers: {
                            readonly [key: string]: string;
                        };
                        /** @description As text, redacted; null when there was none, or it was not read, or is no text, or is kept at a sink. */
                        readonly request_body: string | null;
                        /** @description Only the beginning of the body is kept. */
                        readonly request_truncated: boolean;
                        readonly response_headers: {
                            readonly [key: string]: string;
                        };
                        /** @description As text, redacted; null when there was none, or it was not read, or is no text, or is kept at a sink. */
                        readonly response_body: string | null;
                        /** @description Only the beginning of the body is kept. */
                        readonly response_truncated: boolean;
                    };
                };
            };
        };
    };
    readonly getConfiguration: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Default Response */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": {
                        readonly data: readonly {
                            readonly name: string;
                            /** @description As text; empty when nothing is set. Of a secret only that it is set. */
                            readonly value: string;
                            /** @enum {string} */
                            readonly source: "environment" | ".env" | "default";
                            readonly secret: boolean;
                            readonly description: string;
                        }[];
                        readonly has_more: boolean;
                        readonly next_cursor: string | null;
                    };
                };
            };
        };
    };
    readonly "webhook.payment.created": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.created";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.processing": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.processing";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.succeeded": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.succeeded";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.failed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.failed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.retried": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.retried";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.partially_refunded": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.partially_refunded";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.payment.refunded": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "payment.refunded";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: components["schemas"]["WebhookPayment"];
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.simulation.changed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "simulation.changed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: Record<string, unknown>;
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.rules.changed": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "rules.changed";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: Record<string, unknown>;
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readonly "webhook.data.reset": {
        readonly parameters: {
            readonly query?: never;
            readonly header: {
                /** @description The event's id, the same on every attempt: whoever has seen it can ignore it. */
                readonly "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                readonly "webhook-timestamp": string;
                /** @description v1, and the base64 of HMAC-SHA-256 over id.timestamp.body; two of them, with a space between, for a day after a rotation. */
                readonly "webhook-signature": string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** @description The envelope; an endpoint whose payload is `payment` gets what is in `data` alone. */
        readonly requestBody: {
            readonly content: {
                readonly "application/json": {
                    /** @constant */
                    readonly type: "data.reset";
                    /**
                     * Format: date-time
                     * @description When it happened.
                     */
                    readonly timestamp: string;
                    readonly data: Record<string, unknown>;
                };
            };
        };
        readonly responses: {
            /** @description Received. Answer within 15 seconds, and do the work afterwards. */
            readonly "2XX": {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
