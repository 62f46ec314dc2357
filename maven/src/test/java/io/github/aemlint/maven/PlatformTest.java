package io.github.aemlint.maven;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class PlatformTest {

    @Test
    public void machinesAreNamedAsClassifiersNameThem() {
        assertEquals("linux-x86_64", Platform.of("Linux", "amd64").classifier());
        assertEquals("linux-aarch_64", Platform.of("Linux", "aarch64").classifier());
        assertEquals("osx-x86_64", Platform.of("Mac OS X", "x86_64").classifier());
        assertEquals("osx-aarch_64", Platform.of("Mac OS X", "aarch64").classifier());
        assertEquals("windows-x86_64", Platform.of("Windows Server 2022", "amd64").classifier());
    }

    @Test
    public void otherMachinesHaveNoProgram() {
        assertTrue(Platform.of("Linux", "amd64").hasProgram());
        assertFalse(Platform.of("Linux", "s390x").hasProgram());
        assertFalse(Platform.of("SunOS", "sparcv9").hasProgram());
        assertEquals("linux-s390x", Platform.of("Linux", "s390x").classifier());
    }

    @Test
    public void programsEndInExeOnWindows() {
        assertEquals("aemlint", Platform.of("Linux", "amd64").fileName("aemlint"));
        assertEquals("aemlint.exe", Platform.of("Windows 11", "amd64").fileName("aemlint"));
        assertEquals("aemlint.exe", Platform.of("Windows 11", "amd64").fileName("aemlint.exe"));
    }
}
