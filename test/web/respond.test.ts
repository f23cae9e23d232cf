import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { wantsJson } from '../../src/web/respond.ts';

describe('which form an answer takes', () => {
  it.each([
    ['application/json', true],
    ['application/json, text/html;q=0.5', true],
    ['text/html', false],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
    ['text/html, application/json', false],
    ['*/*', false],
    ['image/png', false],
    ['', false],
    [';;;,,,', false],
    ['application/json'.repeat(500), false],
  ])('for %j it is JSON: %s', async (accept, expected) => {
    const app = express().use((incoming, response) => void response.json(wantsJson(incoming)));
    expect((await request(app).get('/').set('accept', accept)).body).toBe(expected);
  });
});
