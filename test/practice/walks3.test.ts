import { walkScenarios } from './walks.ts';

walkScenarios(3, 4);
